{#- Metrics net_spend (money) and orders (orders that are not wholly paid back). -#}
{% macro tier_amounts_of_orders(orders, refunds) -%}
    select
        member_id, 'net_spend' as metric, entered_at as known_at, entered_at,
        ordered_on as counts_on, cause, net_paid_amount as amount
    from {{ orders }}
    union all
    select
        member_id, 'net_spend' as metric, known_at, entered_at, counts_on, 'refund' as cause,
        -amount as amount
    from {{ refunds }}
    union all
    select
        member_id, 'orders' as metric, entered_at as known_at, entered_at,
        ordered_on as counts_on, cause, cast(1 as decimal(18, 2)) as amount
    from {{ orders }}
    union all
    select
        member_id, 'orders' as metric, known_at, entered_at, counts_on, 'refund' as cause,
        cast(-1 as decimal(18, 2)) as amount
    from {{ refunds }}
    where completes_order
{%- endmacro %}
