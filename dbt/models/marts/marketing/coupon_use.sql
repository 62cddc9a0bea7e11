-- One row: a coupon and a valid order it was used on, whichever of the two names the other.
with pairs as (
    select coupons.coupon_key, orders.order_key
    from {{ ref('fct_coupon') }} as coupons
    inner join {{ ref('fct_order') }} as orders on coupons.order_key = orders.order_key
    where orders.is_valid
    union
    select coupons.coupon_key, orders.order_key
    from {{ ref('fct_order') }} as orders
    inner join {{ ref('fct_coupon') }} as coupons
        on coupons.coupon_key = {{ natural_key('orders.channel', 'orders.coupon_id') }}
    where orders.is_valid
),

final as (
    select
        pairs.coupon_key,
        pairs.order_key,
        coupons.template_id,
        coupons.campaign_key,
        orders.member_id,
        least(coalesce(coupons.received_at, coupons.issued_at), orders.ordered_at) as received_at,
        orders.ordered_at,
        orders.ordered_on,
        coupons.face_value,
        orders.discount_amount,
        orders.net_revenue,
        orders.margin_amount,
        orders.refund_amount
    from pairs
    inner join {{ ref('fct_coupon') }} as coupons on pairs.coupon_key = coupons.coupon_key
    inner join {{ ref('fct_order') }} as orders on pairs.order_key = orders.order_key
)

select * from final
