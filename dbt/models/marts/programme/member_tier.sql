-- One row: a member, the tier held at as_of and what it takes to keep or raise it.
with rules as (
    select * from {{ ref('tier_rules') }} as tiers
    where {{ rule_in_force('tiers', as_of()) }}
),

states as (
    {{ tier_last_states() }}
),

held as (
    select history.*, {{ business_date('history.valid_from') }} as since_on
    from {{ ref('member_tier_history') }} as history
    where history.is_current
),

kept as (
    {{ tier_earned_in_period('states', as_of_end()) }}
),

-- the tier that would be next, or the held one at the top
aims as (
    select
        held.member_id,
        min(case when rules.tier_rank > held.tier_rank then rules.tier_rank end) as next_rank,
        coalesce(
            min(case when rules.tier_rank > held.tier_rank then rules.tier_rank end),
            held.tier_rank
        ) as aim_rank
    from held
    cross join rules
    group by held.member_id, held.tier_rank
),

windows as (
    select aims.member_id, sum(earnings.amount) as amount
    from aims
    inner join rules on aims.aim_rank = rules.tier_rank
    inner join {{ ref('tier_earning') }} as earnings
        on aims.member_id = earnings.member_id
        and rules.upgrade_metric = earnings.metric
        and coalesce(
            earnings.counts_on > {{ add_days(as_of(), '-rules.upgrade_window_days') }}, true
        )
    group by aims.member_id
),

projected as (
    {{ tier_projections('states', 'kept') }}
),

final as (
    select
        held.member_id,
        held.tier_code,
        held.tier_rank,
        held.tier_name,
        held.tier_name_zh,
        held.since_on,
        held.reason,
        held.is_manual,
        earned.tier_code as earned_tier_code,
        aim.upgrade_metric as earned_metric,
        cast(case
            when aim.upgrade_metric is not null then coalesce(windows.amount, 0)
        end as decimal(18, 2)) as earned_in_window,
        case when aims.next_rank is not null then aim.tier_code end as next_tier,
        cast(case
            when aims.next_rank is not null
                then greatest(aim.upgrade_threshold - coalesce(windows.amount, 0), 0)
        end as decimal(18, 2)) as to_next,
        states.keep_metric,
        cast(case
            when states.keep_metric is not null then coalesce(kept.amount, 0)
        end as decimal(18, 2)) as earned_in_period,
        cast(case
            when states.keep_metric is not null
                then greatest(states.keep_threshold - coalesce(kept.amount, 0), 0)
        end as decimal(18, 2)) as to_keep,
        {{ add_days('states.ends_on', -1) }} as period_ends_on,
        states.check_on as downgrades_on,
        {{ days_between(as_of(), add_days('states.ends_on', -1)) }} as days_left,
        projection.tier_code as projected_tier
    from held
    inner join states on held.member_id = states.member_id
    inner join rules as earned on states.tier_rank = earned.tier_rank
    inner join aims on held.member_id = aims.member_id
    inner join rules as aim on aims.aim_rank = aim.tier_rank
    left join windows on held.member_id = windows.member_id
    left join kept on held.member_id = kept.member_id
    inner join projected on held.member_id = projected.member_id
    inner join rules as projection on projected.tier_rank = projection.tier_rank
)

select * from final
