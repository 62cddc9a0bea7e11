-- One row: the members who registered in a month, in all channels or in one, and a step of the
-- funnel. Rates are NULL until the step's time is over for the whole month.
with milestones as (
    select member_id, 'registration' as measure, registered_on as reached_on
    from {{ ref('dim_member') }}
    union all
    select
        member_id,
        'phone_verified' as measure,
        {{ business_date('min(valid_from)') }} as reached_on
    from {{ ref('dim_member_history') }}
    where is_phone_verified
    group by member_id
    union all
    select member_id, 'benefit' as measure, granted_on as reached_on
    from {{ ref('fct_benefit_grant') }}
    union all
    select
        member_id,
        'benefit' as measure,
        {{ business_date('coalesce(received_at, issued_at)') }} as reached_on
    from {{ ref('fct_coupon') }}
    union all
    select member_id, 'order' as measure, ordered_on as reached_on
    from {{ ref('fct_order') }}
    where order_number = 1
),

first_milestones as (
    select member_id, measure, min(reached_on) as reached_on
    from milestones
    where member_id is not null and reached_on is not null
    group by member_id, measure
),

grid as (
    select
        members.member_id,
        {{ month_start('members.registered_on') }} as cohort_month,
        members.registration_channel,
        steps.step_number,
        case
            when {{ days_between('members.registered_on', 'firsts.reached_on') }}
                <= steps.window_days
                or (steps.window_days is null and firsts.reached_on is not null) then 1
            else 0
        end as is_reached
    from {{ ref('dim_member') }} as members
    cross join {{ ref('activation_rules') }} as steps
    left join first_milestones as firsts
        on members.member_id = firsts.member_id and steps.measure = firsts.measure
    where members.registered_on is not null
),

passed as (
    select
        *,
        min(is_reached) over (
            partition by member_id
            order by step_number asc nulls last
            rows between unbounded preceding and current row
        ) as is_passed
    from grid
),

sliced as (
    select *, registration_channel as channel from passed
    union all
    select *, 'all' as channel from passed
),

counted as (
    select
        cohort_month,
        channel,
        step_number,
        count(*) as cohort_size,
        sum(is_reached) as reached_members,
        sum(is_passed) as members
    from sliced
    group by cohort_month, channel, step_number
),

steps as (
    select
        *,
        max(coalesce(window_days, 0)) over (
            order by step_number asc nulls last
            rows between unbounded preceding and current row
        ) as complete_days
    from {{ ref('activation_rules') }}
),

final as (
    select
        counted.cohort_month,
        counted.channel,
        steps.step_number,
        steps.step,
        steps.step_zh,
        counted.cohort_size,
        cast(counted.reached_members as bigint) as reached_members,
        cast(counted.members as bigint) as members,
        {{ add_days(month_end('counted.cohort_month'), 'steps.complete_days') }} <= {{ as_of() }}
            as is_complete,
        case
            when
                {{ add_days(month_end('counted.cohort_month'), 'steps.complete_days') }}
                <= {{ as_of() }}
                then {{ safe_divide('counted.members', 'counted.cohort_size') }}
        end as rate
    from counted
    inner join steps on counted.step_number = steps.step_number
)

select * from final
