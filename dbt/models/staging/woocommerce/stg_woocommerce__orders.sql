-- One row is an order as the REST API gave it. Customer 0 is a guest: the order is then its buyer's
-- by the e-mail and phone of the billing block.

with orders as (
    select * from {{ source('raw', 'woocommerce__orders') }}
),

status_words as (
    {{ status_words('woocommerce') }}
),

rates as (
    {{ rates_to_reporting() }}
),

worded as (
    select
        orders.*,
        coalesce(status_words.canonical_status, 'unknown') as canonical_status,
        coalesce(status_words.counts_as_paid, false) as counts_as_paid,
        rates.rate
    from orders
    left join status_words on lower(orders.status) = status_words.delivered_word
    left join rates
        on
            coalesce(upper(orders.currency), '{{ var("reporting_currency") }}') = rates.currency
            and {{ business_date('orders.created_at') }} between rates.valid_from and rates.valid_to
),

final as (
    select
        {{ staged_columns('orders', 'worded', {
            'order_id': 'worded.order_id',
            'customer_id': "nullif(worded.customer_id, '0')",
            'phone_token': 'worded.phone_token',
            'phone_hint_token': 'worded.phone_hint_token',
            'phone_masked': 'worded.phone_masked',
            'phone_status': 'worded.phone_status',
            'email_token': 'worded.email_token',
            'email_match_token': 'worded.email_match_token',
            'email_status': 'worded.email_status',
            'ordered_at': 'worded.created_at',
            'paid_at': 'worded.paid_at',
            'status': 'worded.canonical_status',
            'delivered_status': 'worded.status',
            'counts_as_paid': 'worded.counts_as_paid',
            'currency': 'upper(worded.currency)',
            'currency_rate': 'worded.rate',
            'gross_amount': 'worded.total_amount + coalesce(worded.discount_amount, 0)
                - coalesce(worded.shipping_amount, 0) - coalesce(worded.tax_amount, 0)',
            'discount_amount': 'worded.discount_amount',
            'shipping_amount': 'worded.shipping_amount',
            'tax_amount': 'worded.tax_amount',
            'net_paid_amount': 'worded.total_amount',
            'updated_at': 'worded.updated_at',
        }) }}
    from worded
)

select * from final
