{#- Valid orders of members, and when each enters the member's account. -#}
{% macro tier_orders(joined) -%}
    select
        orders.member_id,
        orders.order_key,
        orders.ordered_on,
        orders.net_paid_amount,
        {{ latest_of('orders.ordered_at', 'joined.joined_at') }} as entered_at,
        case when joined.joined_at > orders.ordered_at then 'merge' else 'order' end as cause
    from {{ ref('fct_order') }} as orders
    left join {{ joined }} as joined on orders.record_key = joined.record_key
    where orders.is_valid and orders.member_id is not null
{%- endmacro %}
