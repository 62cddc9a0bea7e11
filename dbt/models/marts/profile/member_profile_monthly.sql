-- One row: a member in a month since the member was first seen: what tags with a history look at.
with final as (
    select
        states.member_id,
        states.month,
        states.state_on,
        stages.stage,
        states.is_buyer,
        states.purchase_days,
        states.recent_purchase_days,
        states.first_purchased_on,
        states.last_purchased_on,
        states.tenure_days,
        states.silence_days,
        states.silence_ratio,
        states.cycle_days,
        states.trend_ratio
    from {{ ref('member_month') }} as states
    inner join {{ ref('member_lifecycle_monthly') }} as stages
        on states.member_id = stages.member_id and states.month = stages.month
)

select * from final
