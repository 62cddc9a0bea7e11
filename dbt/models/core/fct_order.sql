-- One row: an order placed until as_of, of whatever class; marts count those with is_valid.
-- It is no delivery: an order sent twice is one row. Amounts are in the reporting currency.
-- depends_on: {{ ref('cfm_touched_orders') }}, {{ source('identity', 'idn_changed_record') }}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='order_key',
    on_schema_change='fail',
) }}

with
{% if is_incremental() %}
{{ renumbered_orders() }}
{% endif %}
placed as (
    {{ placed_orders() }}
),

orders as (
    select * from placed
    {%- if is_incremental() %}
    where
        order_key in (select order_key from touched_orders)
        or member_id in (select member_id from touched_members)
    {%- endif %}
),

-- a refund of tomorrow still explains a status that is delivered without its time
refunded as (
    select distinct order_key from {{ ref('cfm_refunds') }}
),

line_totals as (
    select
        lines.order_key,
        count(case when not lines.is_implied then lines.line_no end) as line_count,
        sum(lines.quantity) as quantity,
        cast(sum(lines.refund_amount) as decimal(18, 2)) as refund_amount,
        cast(sum(lines.cost_amount) as decimal(18, 2)) as cost_amount
    from {{ ref('fct_order_line') }} as lines
    inner join orders on lines.order_key = orders.order_key
    group by lines.order_key
),

measured as (
    select
        orders.*,
        line_totals.line_count,
        line_totals.quantity,
        line_totals.refund_amount,
        line_totals.cost_amount,
        accounts.customer_id is not null as is_employee,
        refunded.order_key is not null as has_refund,
        case
            when orders.member_id is not null
                then count(*) over (
                    partition by orders.member_id, orders.channel, orders.ordered_on
                )
        end as orders_per_day
    from orders
    inner join line_totals on orders.order_key = line_totals.order_key
    left join {{ ref('employee_accounts') }} as accounts
        on orders.record_key = {{ natural_key('accounts.channel', 'accounts.customer_id') }}
    left join refunded on orders.order_key = refunded.order_key
),

first_rules as (
    select measured.order_key, min(rules.priority) as priority
    from measured
    inner join {{ ref('order_class_rules') }} as rules
        on {{ order_class_applies('rules', 'measured') }}
    group by measured.order_key
),

classified as (
    select
        measured.*,
        rules.order_class,
        rules.is_valid,
        case when rules.is_valid then clv_rules.freight_cost_amount else 0 end
            as freight_cost_amount
    from measured
    inner join first_rules on measured.order_key = first_rules.order_key
    inner join {{ ref('order_class_rules') }} as rules on first_rules.priority = rules.priority
    cross join {{ ref('clv_rules') }} as clv_rules
),

final as (
    select
        -- keys
        orders.order_key,
        orders.channel,
        orders.order_id,
        orders.member_id,
        orders.record_key,
        orders.store_id,
        {{ referenced_key('stores.store_key', 'orders.channel', 'orders.store_id') }}
            as store_key,
        orders.campaign_id,
        {{ referenced_key('campaigns.campaign_key', 'orders.channel', 'orders.campaign_id') }}
            as campaign_key,
        orders.coupon_id,
        orders.referral_code,

        -- course
        orders.ordered_at,
        orders.ordered_on,
        orders.paid_at,
        orders.status,
        orders.order_class,
        orders.is_valid,
        case
            when orders.is_valid and orders.member_id is not null
                then row_number() over (
                    partition by orders.member_id, orders.is_valid
                    order by orders.ordered_at asc nulls last, orders.order_key asc nulls last
                )
        end as order_number,

        -- money
        orders.currency,
        orders.gross_amount,
        orders.discount_amount,
        orders.shipping_amount,
        orders.tax_amount,
        orders.points_amount,
        orders.gift_card_amount,
        orders.net_paid_amount,
        orders.refund_amount,
        cast(orders.net_paid_amount - orders.refund_amount as decimal(18, 2)) as net_revenue,
        orders.cost_amount,
        cast(orders.freight_cost_amount as decimal(18, 2)) as freight_cost_amount,
        cast(
            orders.net_paid_amount - orders.refund_amount
            - orders.cost_amount - orders.freight_cost_amount
        as decimal(18, 2)) as margin_amount,

        -- size
        orders.line_count,
        cast(orders.quantity as decimal(18, 3)) as quantity
    from classified as orders
    left join {{ ref('cfm_store_reference') }} as stores
        on orders.channel = stores.channel and orders.store_id = stores.store_id
    left join {{ ref('cfm_campaign_reference') }} as campaigns
        on orders.channel = campaigns.channel and orders.campaign_id = campaigns.campaign_id
)

select * from final
