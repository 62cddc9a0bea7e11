-- One row: the members of a first-order month who held a tier at their first order (its own upgrade
-- included), in one later month. Activity counts whatever the tier is then. Months not begun have
-- no row. Cohorts by channel, category and campaign are in cohort_retention_slice.
with sliced as (
    select
        orders.member_id,
        {{ month_start('orders.ordered_on') }} as cohort_month,
        tiers.tier_code
    from {{ ref('fct_order') }} as orders
    inner join {{ ref('member_tier_history') }} as tiers
        on orders.member_id = tiers.member_id
        -- an order of a record that was linked later may be older than the history
        and (orders.ordered_at >= tiers.valid_from or tiers.version_no = 1)
        and (orders.ordered_at < tiers.valid_to or tiers.valid_to is null)
    where orders.order_number = 1
),

{{ cohort_activity(['tier_code']) }},

{{ cohort_months(['tier_code']) }},

final as (
    {{ cohort_rates(['tier_code']) }}
)

select * from final
