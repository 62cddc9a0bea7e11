-- One row: a valid order, a touch that may have led to it and a model that gives it credit. It is
-- an accounting of contacts, not what they caused: see campaign_performance for that.
with longest as (
    select max(window_days) as window_days from {{ ref('attribution_rules') }}
),

touches as (
    select
        orders.order_key,
        'message' as touch_type,
        messages.touch_key,
        messages.campaign_key,
        messages.contact_channel,
        messages.sent_at as touched_at,
        {{ days_between('messages.sent_on', 'orders.ordered_on') }} as days_before
    from {{ ref('fct_order') }} as orders
    cross join longest
    inner join {{ ref('campaign_touch') }} as messages
        on orders.member_id = messages.member_id
        and messages.sent_at < orders.ordered_at
        and {{ days_between('messages.sent_on', 'orders.ordered_on') }} <= longest.window_days
    where orders.is_valid and not messages.is_control and not messages.is_bounced
    union all
    -- a coupon that was used worked, however long ago it came
    select
        order_key,
        'coupon' as touch_type,
        coupon_key as touch_key,
        campaign_key,
        null as contact_channel,
        received_at as touched_at,
        {{ days_between(business_date('received_at'), 'ordered_on') }} as days_before
    from {{ ref('coupon_use') }}
),

placed as (
    select
        touches.*,
        rules.model,
        rules.position,
        rules.half_life_days,
        row_number() over (
            partition by touches.order_key, rules.model
            order by
                touches.touched_at asc nulls last, touches.touch_type asc nulls last,
                touches.touch_key asc nulls last
        ) as place,
        count(*) over (partition by touches.order_key, rules.model) as places,
        count(case when touches.touch_type = 'coupon' then 1 end) over (
            partition by touches.order_key, rules.model
        ) as coupons,
        min(touches.days_before) over (partition by touches.order_key, rules.model)
            as least_days
    from touches
    inner join {{ ref('attribution_rules') }} as rules
        on touches.touch_type = 'coupon' or touches.days_before <= rules.window_days
),

aged as (
    select
        placed.*,
        coalesce(
            power(
                0.5e0,
                (days_before - least_days) / nullif(cast(half_life_days as double), 0)
            ),
            1
        ) as freshness
    from placed
),

weighed as (
    select
        aged.*,
        cast(case
            when position = 'first' then case when place = 1 then 1 else 0 end
            when position = 'all' then freshness
            when position = 'coupon' and coupons > 0
                then case when touch_type = 'coupon' then 1 else 0 end
            when place = places then 1
            else 0
        end as decimal(18, 9)) as weight
    from aged
),

shared as (
    select
        weighed.*,
        cast(sum(weight) over (partition by order_key, model) as decimal(18, 9))
            as total_weight,
        cast(sum(weight) over (
            partition by order_key, model order by place asc nulls last
            rows between unbounded preceding and current row
        ) as decimal(18, 9)) as running_weight
    from weighed
    where weight > 0
),

final as (
    select
        shared.order_key,
        shared.model,
        shared.touch_type,
        shared.touch_key,
        shared.campaign_key,
        shared.contact_channel,
        orders.member_id,
        orders.ordered_on,
        shared.touched_at,
        shared.days_before,
        {{ safe_divide('shared.weight', 'shared.total_weight') }} as credit,
        {{ spread_to_cents(
            'orders.net_revenue', 'shared.weight', 'shared.running_weight',
            'shared.total_weight'
        ) }} as net_revenue,
        {{ spread_to_cents(
            'orders.margin_amount', 'shared.weight', 'shared.running_weight',
            'shared.total_weight'
        ) }} as margin_amount
    from shared
    inner join {{ ref('fct_order') }} as orders on shared.order_key = orders.order_key
)

select * from final
