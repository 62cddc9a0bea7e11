{#-
    Points by order: what the rule gives for the money paid, by the tier held then, whole points; what
    refunds take back pro rata; and what the ledger has. One row an order, known or only booked.
-#}
{% macro points_expected_of_orders() -%}
    select
        coalesce(orders.order_key, booked.order_key) as check_key,
        coalesce(orders.member_id, booked.member_id) as member_id,
        'purchase' as reason,
        coalesce(orders.order_key, booked.order_key) as order_key,
        coalesce(orders.earned_month, booked.earned_month) as earned_month,
        coalesce(case when orders.is_enrolled then orders.points end, 0) as expected_points,
        coalesce(booked.points, 0) as actual_points,
        coalesce(case
            when booked.points > 0 then floor(
                booked.points * least(orders.refund_amount, orders.net_paid_amount)
                / nullif(orders.net_paid_amount, 0)
            )
        end, 0) as expected_reversed,
        coalesce(booked.reversed, 0) as actual_reversed,
        true as has_rule,
        orders.order_key is not null as is_known,
        coalesce(orders.is_enrolled, true) as is_enrolled,
        coalesce(booked.pending > 0, false) as is_pending,
        false as is_capped
    from ({{ points_rated_orders() }}) as orders
    full join ({{ points_booked_of_orders() }}) as booked on orders.order_key = booked.order_key
{%- endmacro %}
