-- One row: a refund or return until as_of. order_key is NULL when the order is not named or not
-- known: the refund then belongs to the member and the day.
with orders as (
    {{ placed_orders() }}
),

-- a refund names no currency: without its order it has that of the channel's newest order
newest_orders as (
    select
        channel,
        currency_rate,
        row_number() over (
            partition by channel order by ordered_at desc nulls last, order_key asc nulls last
        ) as newest_number
    from orders
),

refunds as (
    select
        refunds.*,
        orders.order_key as known_order_key,
        coalesce(orders.record_key, refunds.record_key) as owner_record_key,
        {{ money(
            'refunds.amount * coalesce(orders.currency_rate, newest_orders.currency_rate, 1)'
        ) }} as reporting_amount
    from {{ ref('cfm_refunds') }} as refunds
    left join orders on refunds.order_key = orders.order_key
    left join newest_orders
        on refunds.channel = newest_orders.channel
        and newest_orders.newest_number = 1
    where refunds.refunded_at < {{ as_of_end() }}
),

final as (
    select
        -- keys
        refunds.refund_key,
        refunds.channel,
        refunds.refund_id,
        refunds.known_order_key as order_key,
        refunds.order_id,
        refunds.line_no,
        identity.member_id,
        refunds.owner_record_key as record_key,

        -- course
        refunds.refunded_at,
        {{ business_date('refunds.refunded_at') }} as refunded_on,
        refunds.reason,

        -- measures
        refunds.quantity,
        refunds.reporting_amount as amount,
        case
            when refunds.known_order_key is null
                then {{ money('refunds.reporting_amount * (1 - rules.assumed_margin_rate)'
                    ~ ' * rules.returned_cost_recovery_rate') }}
            else cast(0 as decimal(18, 2))
        end as recovered_cost_amount
    from refunds
    left join {{ ref('member_identity') }} as identity
        on refunds.owner_record_key = identity.record_key
    cross join {{ ref('clv_rules') }} as rules
)

select * from final
