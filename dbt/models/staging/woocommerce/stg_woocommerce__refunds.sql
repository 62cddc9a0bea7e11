-- One row is a refund of an order, negative in the answer. The order says what was paid back and
-- not when: its last change stands for it.

with refunds as (
    select * from {{ source('raw', 'woocommerce__refunds') }}
),

final as (
    select
        {{ staged_columns('refunds', 'refunds', {
            'refund_id': 'refunds.refund_id',
            'order_id': 'refunds.order_id',
            'refunded_at': 'refunds.updated_at',
            'amount': 'abs(refunds.amount)',
            'updated_at': 'refunds.updated_at',
        }) }}
    from refunds
)

select * from final
