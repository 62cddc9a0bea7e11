-- One row: a member and a business day with a valid order, or with a refund that names no order.
-- It is no order: two orders of a day are one purchase day.
with movements as (
    select member_id, ordered_on as moved_on, order_key, net_revenue, margin_amount
    from {{ ref('fct_order') }}
    where is_valid and member_id is not null
    union all
    select
        member_id,
        refunded_on as moved_on,
        null as order_key,
        -amount as net_revenue,
        -(amount - recovered_cost_amount) as margin_amount
    from {{ ref('fct_refund') }}
    where order_key is null and member_id is not null
),

final as (
    select
        member_id,
        moved_on,
        count(order_key) as order_count,
        count(order_key) > 0 as is_purchase,
        cast(sum(net_revenue) as decimal(18, 2)) as net_revenue,
        cast(sum(margin_amount) as decimal(18, 2)) as margin_amount
    from movements
    group by member_id, moved_on
)

select * from final
