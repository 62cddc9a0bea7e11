-- One row is a ticket of a sale, also an invalid one: a clerk made it void. What was paid with
-- points or a gift card stands in the payments of the same workbook and is no money that came in.

with words as (
    {{ vocabulary_words('orders', 'ticket_type', 'pos') }}
),

tickets as (
    select
        source.*,
        coalesce(source.status, 'valid') as delivered_status
    from {{ source('raw', 'pos__tickets') }} as source
    left join words on lower(source.ticket_type) = words.delivered_word
    where coalesce(words.canonical_word, 'sale') = 'sale'
),

status_words as (
    {{ status_words('pos') }}
),

method_words as (
    {{ vocabulary_words('payments', 'method', 'pos') }}
),

tenders as (
    select
        payments.channel,
        payments.delivery_file,
        payments.delivered_at,
        payments.ticket_no,
        sum(case when method_words.canonical_word = 'points' then payments.amount end)
            as points_amount,
        sum(case when method_words.canonical_word = 'gift_card' then payments.amount end)
            as gift_card_amount
    from {{ source('raw', 'pos__ticket_payments') }} as payments
    inner join method_words on lower(payments.method) = method_words.delivered_word
    group by
        payments.channel, payments.delivery_file, payments.delivered_at, payments.ticket_no
),

paid as (
    select
        tickets.*,
        status_words.canonical_status,
        coalesce(status_words.counts_as_paid, false) as counts_as_paid,
        tenders.points_amount,
        tenders.gift_card_amount
    from tickets
    left join status_words on lower(tickets.delivered_status) = status_words.delivered_word
    left join tenders
        on tickets.channel = tenders.channel
        and tickets.delivery_file = tenders.delivery_file
        and tickets.delivered_at = tenders.delivered_at
        and tickets.ticket_no = tenders.ticket_no
),

final as (
    select
        {{ staged_columns('orders', 'paid', {
            'order_id': 'paid.ticket_no',
            'customer_id': 'paid.customer_id',
            'store_id': 'paid.store_id',
            'phone_token': 'paid.phone_token',
            'phone_hint_token': 'paid.phone_hint_token',
            'phone_masked': 'paid.phone_masked',
            'phone_status': 'paid.phone_status',
            'card_no_token': 'paid.card_no_token',
            'ordered_at': 'paid.sold_at',
            'paid_at': 'case when paid.counts_as_paid then paid.sold_at end',
            'status': "coalesce(paid.canonical_status, 'unknown')",
            'delivered_status': 'paid.delivered_status',
            'counts_as_paid': 'paid.counts_as_paid',
            'currency_rate': '1',
            'gross_amount': 'paid.gross_amount',
            'discount_amount':
                'paid.discount_amount + coalesce(paid.rounding_amount, 0)',
            'points_amount': 'paid.points_amount',
            'gift_card_amount': 'paid.gift_card_amount',
            'net_paid_amount': 'paid.paid_amount - coalesce(paid.points_amount, 0)
                - coalesce(paid.gift_card_amount, 0)',
            'updated_at': 'paid.sold_at',
        }) }}
    from paid
)

select * from final
