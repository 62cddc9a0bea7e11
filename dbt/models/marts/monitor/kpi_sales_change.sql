-- One row: a day, a slice and a series of what was sold and spent: by how much it grew that day.
-- An order counts on its day; a refund on its own day, except in net revenue and margin, where it
-- belongs to the day of its order.
{%- set sources = {
    'orders': ['orders', 'paid_amount', 'member_paid_amount', 'net_revenue', 'margin_amount',
        'first_orders', 'records'],
    'refunds': ['refund_amount', 'net_revenue', 'margin_amount'],
    'events': ['records'],
    'spenders': ['high_spenders'],
    'issued': ['coupons_issued'],
    'used': ['coupons_used'],
    'costs': ['marketing_cost'],
    'services': ['tickets', 'complaints'],
} %}

with orders as (
    select
        orders.ordered_on as changed_on,
        orders.channel as slice,
        count(case when orders.is_valid then 1 end) as orders,
        sum(case when orders.is_valid then orders.net_paid_amount else 0 end) as paid_amount,
        sum(case
            when orders.is_valid and members.registered_on <= orders.ordered_on
                then orders.net_paid_amount
            else 0
        end) as member_paid_amount,
        sum(case when orders.is_valid then orders.net_revenue else 0 end) as net_revenue,
        sum(case when orders.is_valid then orders.margin_amount else 0 end) as margin_amount,
        count(case when orders.order_number = 1 then 1 end) as first_orders,
        count(*) as records
    from {{ ref('fct_order') }} as orders
    left join {{ ref('dim_member') }} as members on orders.member_id = members.member_id
    group by orders.ordered_on, orders.channel
),

refunds as (
    select
        refunds.refunded_on as changed_on,
        refunds.channel as slice,
        sum(refunds.amount) as refund_amount,
        sum(case when orders.order_key is null then -refunds.amount else 0 end) as net_revenue,
        sum(case
            when orders.order_key is null then refunds.recovered_cost_amount - refunds.amount
            else 0
        end) as margin_amount
    from {{ ref('fct_refund') }} as refunds
    left join {{ ref('fct_order') }} as orders on refunds.order_key = orders.order_key
    where coalesce(orders.is_valid, true)
    group by refunds.refunded_on, refunds.channel
),

events as (
    select occurred_on as changed_on, channel as slice, count(*) as records
    from {{ ref('fct_event') }}
    group by occurred_on, channel
),

spent as (
    select
        member_id,
        order_key,
        ordered_at,
        ordered_on,
        channel,
        sum(net_paid_amount) over (
            partition by member_id order by ordered_at asc nulls last, order_key asc nulls last
            rows between unbounded preceding and current row
        ) as spent_amount
    from {{ ref('fct_order') }}
    where is_valid and member_id is not null
),

reached as (
    select
        spent.*,
        row_number() over (
            partition by spent.member_id
            order by spent.ordered_at asc nulls last, spent.order_key asc nulls last
        ) as reach_number
    from spent
    cross join {{ ref('kpi_rules') }} as rules
    where spent.spent_amount >= rules.high_spend_from
),

spenders as (
    select ordered_on as changed_on, channel as slice, count(*) as high_spenders
    from reached
    where reach_number = 1
    group by ordered_on, channel
),

issued as (
    select issued_on as changed_on, channel as slice, count(*) as coupons_issued
    from {{ ref('fct_coupon') }}
    group by issued_on, channel
),

used as (
    select {{ business_date('used_at') }} as changed_on, channel as slice, count(*) as coupons_used
    from {{ ref('fct_coupon') }}
    where used_at is not null
    group by {{ business_date('used_at') }}, channel
),

costs as (
    select
        spent_on as changed_on,
        coalesce(marketing_channel, 'unknown') as slice,
        sum(amount) as marketing_cost
    from {{ ref('fct_marketing_cost') }}
    group by spent_on, coalesce(marketing_channel, 'unknown')
),

services as (
    select
        opened_on as changed_on,
        channel as slice,
        count(*) as tickets,
        count(case when is_complaint then 1 end) as complaints
    from {{ ref('fct_service_ticket') }}
    group by opened_on, channel
),

moves as (
    {%- for source, names in sources.items() %}
    {%- set slice_type = 'marketing_channel' if source == 'costs' else 'channel' %}
    {%- for name in names %}
    select changed_on, '{{ slice_type }}' as slice_type, slice, '{{ name }}' as series,
        cast({{ name }} as decimal(18, 2)) as change
    from {{ source }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    {{ kpi_daily_changes('moves', with_all=true) }}
)

select * from final
