-- One row is what an order gave back in all, as of its export: a later export replaces it. The
-- export does not say when: the day the order was cancelled, else paid, stands for it.

with refunded as (
    select * from {{ ref('stg_shopify__order_rows') }}
    where is_order and refunded_amount > 0
),

final as (
    select
        {{ staged_columns('refunds', 'refunded', {
            'refund_id': "refunded.order_name || '-refunded'",
            'order_id': 'refunded.order_name',
            'refunded_at':
                'coalesce(refunded.cancelled_at, refunded.paid_at, refunded.created_at)',
            'amount': 'refunded.refunded_amount',
            'updated_at': 'refunded.updated_at',
        }) }}
    from refunded
)

select * from final
