-- One row: a member: how often it visits, how its visits and orders look, and what it answers to.
with activity as (
    select
        activity.member_id,
        count(*) as active_days,
        max(activity.active_on) as last_active_on,
        sum(activity.visits) as visits,
        sum(case
            when {{ days_between('activity.active_on', as_of()) }} < rules.recent_days
                then activity.visits else 0
        end) as recent_visits,
        sum(activity.views) as views,
        sum(activity.carts) as carts,
        sum(activity.check_ins) as check_ins,
        sum(activity.shares) as shares,
        sum(activity.reviews) as reviews,
        max(rules.recent_days) as recent_days
    from {{ ref('member_activity_daily') }} as activity
    cross join {{ ref('behaviour_rules') }} as rules
    group by activity.member_id
),

touches as (
    select
        member_id,
        count(*) as touches,
        count(case when opened_at is not null or clicked_at is not null then touch_key end)
            as opened,
        count(clicked_at) as clicked
    from {{ ref('fct_touch') }}
    where member_id is not null and not is_control
    group by member_id
),

final as (
    select
        members.member_id,
        {{ as_of() }} as as_of,
        coalesce(activity.active_days, 0) as active_days,
        activity.last_active_on,
        {%- for column in [
            'visits', 'recent_visits', 'views', 'carts', 'check_ins', 'shares', 'reviews',
        ] %}
        cast(coalesce(activity.{{ column }}, 0) as bigint) as {{ column }},
        {%- endfor %}
        coalesce({{ safe_divide('activity.recent_visits', 'activity.recent_days') }}, 0)
            as visits_per_day,
        paths.browse_visits,
        paths.purchase_visits,
        paths.browse_to_cart_rate,
        paths.cart_to_buy_rate,
        paths.browse_to_buy_rate,
        coalesce(orders.order_count, 0) as order_count,
        orders.basket_pieces,
        orders.basket_lines,
        orders.basket_amount,
        orders.main_channel,
        orders.main_channel_share,
        coalesce(orders.channel_count, 0) as channel_count,
        orders.store_share,
        cycles.best_hour,
        cycles.best_weekday,
        orders.main_daypart,
        orders.main_daypart_share,
        orders.weekend_share,
        cycles.cycle_days,
        cycles.cycle_basis,
        orders.discount_share,
        orders.coupon_share,
        orders.campaign_share,
        coalesce(touches.touches, 0) as touches,
        {{ safe_divide('touches.opened', 'touches.touches') }} as touch_open_rate,
        {{ safe_divide('touches.clicked', 'touches.touches') }} as touch_click_rate
    from {{ ref('dim_member') }} as members
    left join activity on members.member_id = activity.member_id
    left join {{ ref('member_browse_path') }} as paths on members.member_id = paths.member_id
    left join {{ ref('member_order_pattern') }} as orders on members.member_id = orders.member_id
    left join {{ ref('member_purchase_cycle') }} as cycles on members.member_id = cycles.member_id
    left join touches on members.member_id = touches.member_id
)

select * from final
