-- One row is a refund of a trade that succeeded. The API does not say when: the last change of the
-- trade stands for it.

with words as (
    {{ vocabulary_words('refunds', 'refund_state', 'youzan') }}
),

refunded as (
    select refunds.*
    from {{ source('raw', 'youzan__trade_refunds') }} as refunds
    inner join words
        on refunds.refund_state = words.delivered_word and words.canonical_word = 'refunded'
),

final as (
    select
        {{ staged_columns('refunds', 'refunded', {
            'refund_id': 'refunded.refund_id',
            'order_id': 'refunded.trade_id',
            'refunded_at': 'refunded.updated_at',
            'reason': 'refunded.refund_type',
            'amount': 'refunded.amount',
            'updated_at': 'refunded.updated_at',
        }) }}
    from refunded
)

select * from final
