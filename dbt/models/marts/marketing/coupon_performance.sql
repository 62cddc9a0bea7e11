-- One row: a campaign, coupon template and tier at issue, and what became of the coupons. A used
-- coupon's discount is its face value, at most the discount of its order.
with uses as (
    select
        coupon_key,
        count(*) as orders,
        bool_or(refund_amount > 0) as is_refunded,
        sum(least(coalesce(face_value, discount_amount), discount_amount)) as discount_amount,
        sum(net_revenue) as net_revenue,
        sum(margin_amount) as margin_amount
    from {{ ref('coupon_use') }}
    group by coupon_key
),

coupons as (
    select
        issued.*,
        coalesce(tiers.tier_code, 'none') as tier_code,
        uses.orders,
        uses.is_refunded,
        uses.net_revenue,
        uses.margin_amount,
        issued.used_at is not null or issued.order_key is not null
            or coalesce(uses.orders, 0) > 0 as is_used,
        -- used, and no valid order says how much it took off
        coalesce(uses.discount_amount, case
            when issued.used_at is not null or issued.order_key is not null
                then issued.face_value
        end) as discount_amount
    from {{ ref('fct_coupon') }} as issued
    left join uses on issued.coupon_key = uses.coupon_key
    left join {{ ref('member_tier_history') }} as tiers
        on issued.member_id = tiers.member_id
        and issued.issued_at >= tiers.valid_from
        and (issued.issued_at < tiers.valid_to or tiers.valid_to is null)
),

final as (
    select
        coalesce(campaign_key, 'none') as campaign_key,
        coalesce(template_id, 'none') as template_id,
        tier_code,
        count(*) as issued,
        count(case when received_at is not null or is_used then 1 end) as received,
        count(case when is_used then 1 end) as used,
        count(case
            when not is_used and expires_at < {{ as_of_end() }} then 1
        end) as expired,
        count(case
            when not is_used
                and (expires_at >= {{ as_of_end() }} or expires_at is null)
                then 1
        end) as open_coupons,
        count(case when is_refunded then 1 end) as refunded,
        {{ safe_divide('count(case when is_used then 1 end)', 'count(*)') }} as use_rate,
        cast(coalesce(sum(orders), 0) as bigint) as orders,
        cast(coalesce(sum(discount_amount), 0) as decimal(18, 2)) as discount_amount,
        cast(coalesce(sum(net_revenue), 0) as decimal(18, 2)) as net_revenue,
        cast(coalesce(sum(margin_amount), 0) as decimal(18, 2)) as margin_amount
    from coupons
    group by coalesce(campaign_key, 'none'), coalesce(template_id, 'none'), tier_code
)

select * from final
