{#-
    A query of the orders that exist at as_of, one row an order, with the member, the business day
    and the amounts in the reporting currency: what the facts about orders start from.
-#}
{% macro placed_orders() -%}
select
    orders.order_key,
    orders.channel,
    orders.order_id,
    orders.record_key,
    identity.member_id,
    orders.store_id,
    orders.coupon_id,
    orders.campaign_id,
    orders.referral_code,
    orders.ordered_at,
    {{ business_date('orders.ordered_at') }} as ordered_on,
    {{ until_as_of('orders.paid_at') }} as paid_at,
    orders.status,
    orders.counts_as_paid or coalesce(orders.paid_at < {{ as_of_end() }}, false) as is_paid,
    coalesce(orders.is_test, false) as is_test,
    orders.currency,
    orders.currency_rate,
    {%- for amount in [
        'gross', 'discount', 'shipping', 'tax', 'points', 'gift_card', 'net_paid',
    ] %}
    {{ money('coalesce(orders.' ~ amount ~ '_amount, 0) * orders.currency_rate') }}
        as {{ amount }}_amount{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('cfm_orders') }} as orders
left join {{ ref('member_identity') }} as identity on orders.record_key = identity.record_key
where orders.ordered_at < {{ as_of_end() }}
{%- endmacro %}
