-- One row: a member in a month since the member was first seen, in exactly one stage: that of the
-- first rule of lifecycle_rules, valid on the day of the state, whose conditions all hold.
with matched as (
    select
        states.member_id,
        states.month,
        min(rules.priority) as priority
    from {{ ref('member_month') }} as states
    inner join {{ ref('lifecycle_rules') }} as rules
        on states.is_buyer = rules.is_buyer
        and states.state_on >= rules.valid_from
        and (states.state_on <= rules.valid_to or rules.valid_to is null)
        and (states.silence_ratio >= rules.min_silence_ratio or rules.min_silence_ratio is null)
        and (
            {{ days_between('states.returned_on', 'states.state_on') }} < rules.max_return_age_days
            or rules.max_return_age_days is null
        )
        and (states.tenure_days < rules.max_tenure_days or rules.max_tenure_days is null)
        and (states.tenure_days >= rules.min_tenure_days or rules.min_tenure_days is null)
        and (states.purchase_days >= rules.min_purchase_days or rules.min_purchase_days is null)
        and (states.trend_ratio >= rules.min_trend_ratio or rules.min_trend_ratio is null)
    group by states.member_id, states.month
),

stages as (
    select
        states.member_id,
        states.month,
        states.state_on,
        states.seen_on,
        rules.stage,
        rules.stage_zh,
        lag(rules.stage) over (
            partition by states.member_id order by states.month asc nulls last
        ) as previous_stage
    from {{ ref('member_month') }} as states
    left join matched
        on states.member_id = matched.member_id and states.month = matched.month
    left join {{ ref('lifecycle_rules') }} as rules
        on matched.priority = rules.priority
        and states.state_on >= rules.valid_from
        and (states.state_on <= rules.valid_to or rules.valid_to is null)
),

final as (
    select
        *,
        coalesce(stage <> previous_stage, true) as is_changed
    from stages
)

select * from final
