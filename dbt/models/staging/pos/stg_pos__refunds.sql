-- One row is a ticket of a return that was not made void, whether it names the ticket it returns or
-- not. Its amount is negative on the ticket.

with words as (
    {{ vocabulary_words('orders', 'ticket_type', 'pos') }}
),

status_words as (
    {{ status_words('pos') }}
),

returned as (
    select source.*
    from {{ source('raw', 'pos__tickets') }} as source
    inner join words
        on lower(source.ticket_type) = words.delivered_word and words.canonical_word = 'return'
    inner join status_words
        on
            lower(coalesce(source.status, 'valid')) = status_words.delivered_word
            and status_words.counts_as_paid
),

final as (
    select
        {{ staged_columns('refunds', 'returned', {
            'refund_id': 'returned.ticket_no',
            'order_id': 'returned.original_ticket_no',
            'customer_id': 'returned.customer_id',
            'refunded_at': 'returned.sold_at',
            'reason': "'return'",
            'amount': 'abs(returned.paid_amount)',
            'updated_at': 'returned.sold_at',
        }) }}
    from returned
)

select * from final
