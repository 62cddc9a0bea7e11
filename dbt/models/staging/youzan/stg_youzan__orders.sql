-- One row is a trade as the shop's API gave it. A closed trade was never paid, or was paid and
-- paid back as a whole: the time of payment tells them apart. Phones may be sealed by the
-- platform: they are then no phones.

with trades as (
    select
        *,
        coalesce(yz_open_id, nullif(buyer_id, '0')) as customer_id
    from {{ source('raw', 'youzan__trades') }}
),

status_words as (
    {{ status_words('youzan') }}
),

worded as (
    {{ worded_trades() }}
),

final as (
    select
        {{ staged_columns('orders', 'worded', {
            'order_id': 'worded.trade_id',
            'customer_id': 'worded.customer_id',
            'store_id': "nullif(worded.store_id, '0')",
            'phone_token': 'worded.phone_token',
            'phone_hint_token': 'worded.phone_hint_token',
            'phone_masked': 'worded.phone_masked',
            'phone_status': 'worded.phone_status',
            'wechat_openid_token': 'worded.openid_token',
            'ordered_at': 'worded.created_at',
            'paid_at': 'worded.paid_at',
            'status': 'worded.canonical_status',
            'delivered_status': 'worded.status',
            'counts_as_paid': 'worded.counts_as_paid',
            'currency_rate': '1',
            'gross_amount': 'worded.goods_amount',
            'discount_amount': 'worded.goods_amount + coalesce(worded.shipping_amount, 0)
                - worded.paid_amount',
            'shipping_amount': 'worded.shipping_amount',
            'net_paid_amount': 'worded.paid_amount',
            'updated_at': 'worded.updated_at',
        }) }}
    from worded
)

select * from final
