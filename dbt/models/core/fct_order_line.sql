-- One row: a line of an order. An order delivered without lines has one implied line (line_no 0)
-- of unknown product. The order's payment and refunds are spread over its lines to the cent.
-- depends_on: {{ ref('cfm_touched_orders') }}, {{ source('identity', 'idn_changed_record') }}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='order_key',
    on_schema_change='fail',
) }}

with placed as (
    {{ placed_orders() }}
),

orders as (
    select * from placed
    {%- if is_incremental() %}
    where
        order_key in (select order_key from {{ ref('cfm_touched_orders') }})
        or record_key in (select record_key from {{ source('identity', 'idn_changed_record') }})
    {%- endif %}
),

refunds as (
    select * from {{ ref('fct_refund') }}
    where order_key is not null
),

order_refunds as (
    select order_key, sum(amount) as amount
    from refunds
    group by order_key
),

line_refunds as (
    select order_key, line_no, sum(amount) as amount, sum(quantity) as quantity
    from refunds
    where line_no is not null
    group by order_key, line_no
),

lines as (
    select
        orders.order_key,
        orders.channel,
        orders.member_id,
        orders.ordered_on,
        coalesce(lines.line_no, '0') as line_no,
        lines.order_line_key is null as is_implied,
        lines.product_id,
        lines.quantity,
        cast(lines.unit_price * orders.currency_rate as decimal(18, 4)) as unit_price,
        {{ money('coalesce(lines.discount_amount, 0) * orders.currency_rate') }}
            as discount_amount,
        coalesce(
            {{ money('lines.line_amount * orders.currency_rate') }}, orders.net_paid_amount
        ) as line_amount,
        orders.net_paid_amount as order_net_paid
    from orders
    left join {{ ref('cfm_order_lines') }} as lines on orders.order_key = lines.order_key
),

weighed as (
    select
        lines.*,
        cast(
            case
                when max(line_amount) over (partition by order_key) > 0
                    then case when line_amount > 0 then line_amount else 0 end
                else 1
            end
        as decimal(18, 2)) as weight
    from lines
),

matched as (
    select
        weighed.*,
        cast(sum(weighed.weight) over (partition by weighed.order_key) as decimal(18, 2))
            as total_weight,
        cast(sum(weighed.weight) over (
            partition by weighed.order_key order by weighed.line_no asc nulls last
            rows between unbounded preceding and current row
        ) as decimal(18, 2)) as running_weight,
        cast(coalesce(line_refunds.amount, 0) as decimal(18, 2)) as own_refund_amount,
        line_refunds.quantity as refunded_quantity,
        cast(
            coalesce(order_refunds.amount, 0)
            - sum(coalesce(line_refunds.amount, 0)) over (partition by weighed.order_key)
        as decimal(18, 2)) as shared_refund_amount
    from weighed
    left join order_refunds on weighed.order_key = order_refunds.order_key
    left join line_refunds
        on weighed.order_key = line_refunds.order_key
        and weighed.line_no = line_refunds.line_no
),

spread as (
    select
        matched.*,
        {{ spread_to_cents('order_net_paid', 'weight', 'running_weight', 'total_weight') }}
            as net_paid_amount,
        cast(own_refund_amount + {{ spread_to_cents(
            'shared_refund_amount', 'weight', 'running_weight', 'total_weight'
        ) }} as decimal(18, 2)) as refund_amount
    from matched
),

final as (
    select
        -- keys
        {{ natural_key('spread.order_key', 'spread.line_no') }} as order_line_key,
        spread.order_key,
        spread.channel,
        spread.line_no,
        spread.is_implied,
        spread.member_id,
        spread.ordered_on,
        spread.product_id,
        {{ referenced_key('reference.product_key', 'spread.channel', 'spread.product_id') }}
            as product_key,
        products.category,

        -- measures
        spread.quantity,
        spread.unit_price,
        spread.discount_amount,
        spread.line_amount,
        spread.net_paid_amount,
        spread.refund_amount,
        cast(spread.net_paid_amount - spread.refund_amount as decimal(18, 2)) as net_revenue,
        {{ line_cost('spread', 'products.unit_cost', 'rules') }} as cost_amount,
        products.unit_cost is null or spread.quantity is null as is_cost_assumed
    from spread
    left join {{ ref('cfm_product_reference') }} as reference
        on spread.channel = reference.channel
        and spread.product_id = reference.product_id
    left join {{ ref('cfm_products') }} as products on reference.product_key = products.product_key
    cross join {{ ref('clv_rules') }} as rules
)

select * from final
