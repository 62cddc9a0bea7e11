-- One row: a buyer, and what the next purchase is expected to be: when, in which category, of how
-- much. How right that was before stands in next_purchase_backtest.
with rules as (
    select * from {{ ref('next_purchase_rules') }}
),

history as (
    select member_id, category, ordered_on, net_revenue
    from ({{ bought_lines() }}) as lines
),

{{ expected_purchases() }},

cycles as (
    select * from {{ ref('member_purchase_cycle') }}
),

final as (
    select
        cycles.member_id,
        {{ as_of() }} as as_of,
        cycles.expected_next_on,
        cycles.cycle_basis,
        likely.category as expected_category,
        likely.chance as category_chance,
        likely.days as category_days,
        usual.amount as expected_amount
    from cycles
    left join likely on cycles.member_id = likely.member_id
    left join usual on cycles.member_id = usual.member_id
)

select * from final
