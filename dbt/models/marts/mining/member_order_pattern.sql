-- One row: a member with at least one valid order: how big the baskets are, when, where and with
-- what help they are bought.
with orders as (
    select
        orders.member_id,
        orders.channel,
        channels.channel_type,
        orders.line_count,
        orders.quantity,
        orders.net_paid_amount,
        orders.gross_amount,
        orders.discount_amount,
        orders.coupon_id,
        orders.campaign_id,
        dayparts.daypart,
        {{ day_of_week('orders.ordered_on') }} >= rules.weekend_from as is_weekend
    from {{ ref('fct_order') }} as orders
    cross join {{ ref('behaviour_rules') }} as rules
    left join {{ ref('dim_channel') }} as channels on orders.channel = channels.channel
    left join {{ ref('daypart_rules') }} as dayparts
        on extract(hour from {{ business_time('orders.ordered_at') }})
            between dayparts.hour_from and dayparts.hour_to
    where orders.is_valid and orders.member_id is not null
),

{{ most_frequent('main_channels', 'orders', 'channel') }},

{{ most_frequent('main_dayparts', 'orders', 'daypart') }},

sums as (
    select
        member_id,
        count(*) as order_count,
        count(distinct channel) as channel_count,
        sum(quantity) as pieces,
        sum(line_count) as lines,
        sum(net_paid_amount) as paid,
        sum(discount_amount) as discount,
        sum(gross_amount) as gross,
        count(case when is_weekend then channel end) as weekend_orders,
        count(case when channel_type = 'store' then channel end) as store_orders,
        count(coupon_id) as coupon_orders,
        count(campaign_id) as campaign_orders
    from orders
    group by member_id
),

final as (
    select
        sums.member_id,
        sums.order_count,
        {{ safe_divide('sums.pieces', 'sums.order_count') }} as basket_pieces,
        {{ safe_divide('sums.lines', 'sums.order_count') }} as basket_lines,
        {{ money(safe_divide('sums.paid', 'sums.order_count')) }} as basket_amount,
        main_channels.choice as main_channel,
        {{ safe_divide('main_channels.support', 'sums.order_count') }} as main_channel_share,
        sums.channel_count,
        {{ safe_divide('sums.store_orders', 'sums.order_count') }} as store_share,
        main_dayparts.choice as main_daypart,
        {{ safe_divide('main_dayparts.support', 'sums.order_count') }} as main_daypart_share,
        {{ safe_divide('sums.weekend_orders', 'sums.order_count') }} as weekend_share,
        {{ safe_divide('sums.discount', 'sums.gross') }} as discount_share,
        {{ safe_divide('sums.coupon_orders', 'sums.order_count') }} as coupon_share,
        {{ safe_divide('sums.campaign_orders', 'sums.order_count') }} as campaign_share
    from sums
    left join main_channels on sums.member_id = main_channels.member_id
    left join main_dayparts on sums.member_id = main_dayparts.member_id
)

select * from final
