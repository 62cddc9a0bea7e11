-- One row is an invoice that is no cancellation; postage and corrections are lines of it like
-- any other. Its currency is the reporting currency: the set does not name one.

with lines as (
    select * from {{ ref('stg_online_retail__invoice_lines') }}
    where invoice_kind <> 'cancellation'
),

status_words as (
    {{ status_words('online_retail') }}
),

invoices as (
    select
        channel,
        batch_id,
        delivered_at,
        delivery_file,
        min(file_row) as file_row,
        invoice_no,
        max(customer_id) as customer_id,
        max(invoice_kind) as invoice_kind,
        min(invoiced_at) as ordered_at,
        max(invoiced_at) as updated_at,
        cast(sum(line_amount) as decimal(18, 2)) as amount
    from lines
    group by channel, batch_id, delivered_at, delivery_file, invoice_no
),

renamed as (
    select
        -- delivery
        invoices.channel,
        invoices.batch_id,
        invoices.delivered_at,
        invoices.delivery_file,
        invoices.file_row,

        -- ids
        invoices.invoice_no as order_id,
        invoices.customer_id,
        cast(null as varchar) as store_id,
        cast(null as varchar) as coupon_id,
        cast(null as varchar) as campaign_id,
        cast(null as varchar) as referral_code,

        -- contact on the order, as tokens
        cast(null as varchar) as phone_token,
        cast(null as varchar) as phone_hint_token,
        cast(null as varchar) as phone_masked,
        cast(null as varchar) as phone_status,
        cast(null as varchar) as email_token,
        cast(null as varchar) as email_match_token,
        cast(null as varchar) as email_status,
        cast(null as varchar) as wechat_unionid_token,
        cast(null as varchar) as wechat_openid_token,
        cast(null as varchar) as card_no_token,

        -- course
        invoices.ordered_at,
        invoices.ordered_at as paid_at,
        coalesce(status_words.canonical_status, 'unknown') as status,
        invoices.invoice_kind as delivered_status,
        coalesce(status_words.counts_as_paid, false) as counts_as_paid,
        false as is_test,

        -- money
        cast(null as varchar) as currency,
        cast(1 as decimal(18, 8)) as currency_rate,
        invoices.amount as gross_amount,
        cast(null as decimal(18, 2)) as discount_amount,
        cast(null as decimal(18, 2)) as shipping_amount,
        cast(null as decimal(18, 2)) as tax_amount,
        cast(null as decimal(18, 2)) as points_amount,
        cast(null as decimal(18, 2)) as gift_card_amount,
        invoices.amount as net_paid_amount,

        -- version
        invoices.updated_at
    from invoices
    left join status_words on lower(invoices.invoice_kind) = status_words.delivered_word
)

select * from renamed
