-- One row: a member and a business day with an event or a valid order, and how much of each.
{%- set counted = {
    'logins': 'login', 'views': 'view', 'searches': 'search', 'carts': 'add_to_cart',
    'favourites': 'favourite', 'checkouts': 'checkout', 'check_ins': 'checkin',
    'shares': 'share', 'reviews': 'review', 'scans': 'scan',
} %}
with events as (
    select
        member_id,
        occurred_on as active_on,
        -- events without a session are one visit of the day and channel
        count(distinct coalesce(channel || ':' || session_id, channel)) as visits,
        count(*) as events,
        {%- for column, event_type in counted.items() %}
        count(case when event_type = '{{ event_type }}' then event_key end) as {{ column }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('fct_event') }}
    where member_id is not null
    group by member_id, occurred_on
),

orders as (
    select
        member_id,
        ordered_on as active_on,
        count(*) as orders,
        cast(sum(net_revenue) as decimal(18, 2)) as net_revenue
    from {{ ref('fct_order') }}
    where is_valid and member_id is not null
    group by member_id, ordered_on
),

final as (
    select
        coalesce(events.member_id, orders.member_id) as member_id,
        coalesce(events.active_on, orders.active_on) as active_on,
        {%- for column in ['visits', 'events'] + (counted | list) %}
        coalesce(events.{{ column }}, 0) as {{ column }},
        {%- endfor %}
        coalesce(orders.orders, 0) as orders,
        coalesce(orders.net_revenue, 0) as net_revenue
    from events
    full join orders
        on events.member_id = orders.member_id and events.active_on = orders.active_on
)

select * from final
