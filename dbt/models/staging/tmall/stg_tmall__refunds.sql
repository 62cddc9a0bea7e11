-- One row is what was paid back for an item of a trade. The export does not say when: the time
-- of payment stands for it.

with words as (
    {{ vocabulary_words('refunds', 'refund_status', 'tmall') }}
),

refunded as (
    select items.*
    from {{ ref('stg_tmall__trade_items') }} as items
    inner join words
        on lower(items.refund_status) = words.delivered_word and words.canonical_word = 'refunded'
    where items.refunded_amount > 0
),

final as (
    select
        {{ staged_columns('refunds', 'refunded', {
            'refund_id': "refunded.trade_id || '-' || refunded.line_no",
            'order_id': 'refunded.trade_id',
            'line_no': 'refunded.line_no',
            'refunded_at': 'coalesce(refunded.paid_at, refunded.created_at)',
            'reason': 'refunded.refund_status',
            'amount': 'refunded.refunded_amount',
            'updated_at': 'refunded.updated_at',
        }) }}
    from refunded
)

select * from final
