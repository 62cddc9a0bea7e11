-- One row is an order as an export shows it. A status is what was paid, and whether the order was
-- cancelled or fulfilled. Contact is the order's own phone, else that of the payer; never that of
-- the receiver, who may be another person.

with rows_of_orders as (
    select
        *,
        financial_status || case
            when cancelled_at is not null then ' cancelled'
            when fulfillment_status = 'fulfilled' then ' fulfilled'
            else ''
        end as delivered_status,
        case when phone_status is not null then 'order' else 'payer' end as phone_of
    from {{ ref('stg_shopify__order_rows') }}
    where is_order
),

status_words as (
    {{ status_words('shopify') }}
),

rates as (
    {{ rates_to_reporting() }}
),

orders as (
    select
        rows_of_orders.*,
        case
            when phone_of = 'order' then phone_token else billing_phone_token
        end as contact_token,
        case
            when phone_of = 'order' then phone_hint_token else billing_phone_hint_token
        end as contact_hint_token,
        case
            when phone_of = 'order' then phone_masked else billing_phone_masked
        end as contact_masked,
        case
            when phone_of = 'order' then phone_status else billing_phone_status
        end as contact_status,
        status_words.canonical_status,
        coalesce(status_words.counts_as_paid, false) as counts_as_paid,
        rates.rate
    from rows_of_orders
    left join status_words on lower(rows_of_orders.delivered_status) = status_words.delivered_word
    left join rates
        on
            coalesce(upper(rows_of_orders.currency), '{{ var("reporting_currency") }}')
            = rates.currency
            and {{ business_date('rows_of_orders.created_at') }}
            between rates.valid_from and rates.valid_to
),

final as (
    select
        {{ staged_columns('orders', 'orders', {
            'order_id': 'orders.order_name',
            'coupon_id': 'orders.discount_code',
            'store_id': 'orders.location',
            'phone_token': 'orders.contact_token',
            'phone_hint_token': 'orders.contact_hint_token',
            'phone_masked': 'orders.contact_masked',
            'phone_status': 'orders.contact_status',
            'email_token': 'orders.email_token',
            'email_match_token': 'orders.email_match_token',
            'email_status': 'orders.email_status',
            'ordered_at': 'orders.created_at',
            'paid_at': 'orders.paid_at',
            'status': "coalesce(orders.canonical_status, 'unknown')",
            'delivered_status': 'orders.delivered_status',
            'counts_as_paid': 'orders.counts_as_paid',
            'currency': 'upper(orders.currency)',
            'currency_rate': 'orders.rate',
            'gross_amount': 'orders.subtotal_amount + coalesce(orders.discount_amount, 0)',
            'discount_amount': 'orders.discount_amount',
            'shipping_amount': 'orders.shipping_amount',
            'tax_amount': 'orders.tax_amount',
            'net_paid_amount': 'orders.total_amount - case
                when orders.counts_as_paid and orders.outstanding_amount > 0
                    then orders.outstanding_amount else 0 end',
            'updated_at': 'orders.updated_at',
        }) }}
    from orders
)

select * from final
