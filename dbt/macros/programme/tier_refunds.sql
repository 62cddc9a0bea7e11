{#-
    Refunds of members. One of a valid order takes back what the order earned, on the order's day;
    one without an order is a loss of its own day. completes_order: with it all is paid back.
-#}
{% macro tier_refunds(orders) -%}
    select
        refunds.member_id,
        refunds.refunded_on as counts_on,
        refunds.refunded_at as known_at,
        refunds.refunded_at as entered_at,
        refunds.amount,
        false as completes_order
    from {{ ref('fct_refund') }} as refunds
    where refunds.order_key is null and refunds.member_id is not null
    union all
    select
        orders.member_id,
        orders.ordered_on as counts_on,
        case
            when refunds.refunded_at < orders.entered_at then orders.entered_at
            else refunds.refunded_at
        end as known_at,
        orders.entered_at,
        refunds.amount,
        refunds.paid_back >= orders.net_paid_amount
        and refunds.paid_back - refunds.amount < orders.net_paid_amount as completes_order
    from (
        select
            *,
            sum(amount) over (
                partition by order_key
                order by refunded_at asc nulls last, refund_key asc nulls last
                rows between unbounded preceding and current row
            ) as paid_back
        from {{ ref('fct_refund') }}
    ) as refunds
    inner join {{ orders }} as orders on refunds.order_key = orders.order_key
{%- endmacro %}
