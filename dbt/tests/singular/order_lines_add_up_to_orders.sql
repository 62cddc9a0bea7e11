{{ config(meta={'dagster': {'ref': {'name': 'fct_order_line'}}}) }}
{#- What is spread over the lines of an order is exactly what the order has. -#}
with lines as (
    select
        order_key,
        sum(net_paid_amount) as net_paid_amount,
        sum(refund_amount) as refund_amount,
        sum(cost_amount) as cost_amount
    from {{ ref('fct_order_line') }}
    group by order_key
),

refunds as (
    select order_key, sum(amount) as refund_amount
    from {{ ref('fct_refund') }}
    where order_key is not null
    group by order_key
)

select orders.order_key
from {{ ref('fct_order') }} as orders
left join lines on orders.order_key = lines.order_key
left join refunds on orders.order_key = refunds.order_key
where
    lines.order_key is null
    or lines.net_paid_amount <> orders.net_paid_amount
    or lines.refund_amount <> orders.refund_amount
    or lines.cost_amount <> orders.cost_amount
    or coalesce(refunds.refund_amount, 0) <> orders.refund_amount
