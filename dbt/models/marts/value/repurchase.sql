-- One row: the members of a first-order month and a window of days after their first order.
-- A member counts only when the whole window is over; nobody eligible, no rate.
with purchase_days as (
    select distinct member_id, ordered_on
    from {{ ref('fct_order') }}
    where is_valid and member_id is not null
),

members as (
    select
        member_id,
        min(ordered_on) as first_on
    from purchase_days
    group by member_id
),

windows as (
    select
        members.member_id,
        {{ month_start('members.first_on') }} as cohort_month,
        members.first_on,
        rules.window_days,
        rules.min_gap_days,
        {{ days_between('members.first_on', as_of()) }} >= rules.window_days as is_eligible
    from members
    cross join {{ ref('repurchase_rules') }} as rules
),

repurchases as (
    select distinct windows.member_id, windows.window_days
    from windows
    inner join purchase_days on windows.member_id = purchase_days.member_id
    where {{ days_between('windows.first_on', 'purchase_days.ordered_on') }}
        between windows.min_gap_days and windows.window_days
),

final as (
    select
        windows.cohort_month,
        windows.window_days,
        count(case when windows.is_eligible then windows.member_id end) as eligible_members,
        count(case when windows.is_eligible then repurchases.member_id end)
            as repurchased_members,
        {{ safe_divide(
            'count(case when windows.is_eligible then repurchases.member_id end)',
            'count(case when windows.is_eligible then windows.member_id end)'
        ) }} as repurchase_rate
    from windows
    left join repurchases
        on windows.member_id = repurchases.member_id
        and windows.window_days = repurchases.window_days
    group by windows.cohort_month, windows.window_days
)

select * from final
