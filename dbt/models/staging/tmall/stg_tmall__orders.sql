-- One row is a trade as an export shows it. A closed trade was never paid, or was paid and paid
-- back as a whole: the export has one word for both, the time of payment tells them apart.
-- How many pieces a trade has stands in its items: on a trade of several items the number is 0.

with trades as (
    select * from {{ source('raw', 'tmall__trades') }}
),

status_words as (
    {{ status_words('tmall') }}
),

worded as (
    {{ worded_trades() }}
),

final as (
    select
        {{ staged_columns('orders', 'worded', {
            'order_id': 'worded.trade_id',
            'customer_id': 'coalesce(worded.buyer_id, worded.buyer_nick_id)',
            'phone_token': 'worded.phone_token',
            'phone_hint_token': 'worded.phone_hint_token',
            'phone_masked': 'worded.phone_masked',
            'phone_status': 'worded.phone_status',
            'ordered_at': 'worded.created_at',
            'paid_at': 'worded.paid_at',
            'status': 'worded.canonical_status',
            'delivered_status': 'worded.status',
            'counts_as_paid': 'worded.counts_as_paid',
            'currency_rate': '1',
            'gross_amount': 'worded.goods_amount',
            'shipping_amount': 'worded.shipping_amount',
            'points_amount': 'worded.points_paid / 100',
            'net_paid_amount': 'worded.paid_amount',
            'updated_at': 'greatest(worded.created_at, worded.paid_at, worded.finished_at)',
        }) }}
    from worded
)

select * from final
