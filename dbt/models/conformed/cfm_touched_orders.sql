-- One row is an order whose fact this run may change: the order, a line or a refund of it was
-- delivered, or it names a touched product, store or campaign.
-- The published state tells which orders hold a touched id, and which order a refund belonged to
-- before it was delivered again. Without a state everything is delivered, so nothing is missed.
-- depends_on: {{ ref('cfm_touched_references') }}

{%- set state_orders = state_of('cfm_orders') %}
{%- set state_lines = state_of('cfm_order_lines') %}
{%- set state_refunds = state_of('cfm_refunds') %}

with delivered_refunds as (
    {{ union_formats('refunds', [
        natural_key('channel', 'refund_id') ~ ' as refund_key',
        natural_key('channel', 'order_id') ~ ' as order_key',
    ]) }}
),

touched as (
    {{ union_formats('orders', [natural_key('channel', 'order_id') ~ ' as order_key']) }}
    union all
    {{ union_formats('order_lines', [natural_key('channel', 'order_id') ~ ' as order_key']) }}
    union all
    select order_key from delivered_refunds

    {%- if state_refunds %}
    union all
    select order_key from {{ state_refunds }}
    where refund_key in (select refund_key from delivered_refunds)
    {%- endif %}

    {%- if state_lines %}
    union all
    select order_key from {{ state_lines }}
    where product_id in (
        select reference_id from {{ ref('cfm_touched_references') }} where reference = 'product'
    )
    {%- endif %}

    {%- if state_orders %}
        {%- for reference in ['store', 'campaign'] %}
    union all
    select order_key from {{ state_orders }}
    where {{ reference }}_id in (
        select reference_id from {{ ref('cfm_touched_references') }}
        where reference = '{{ reference }}'
    )
        {%- endfor %}
    {%- endif %}
),

final as (
    select distinct order_key
    from touched
    where order_key is not null
)

select * from final
