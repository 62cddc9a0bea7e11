-- One row is an order as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__orders') }}
),

status_words as (
    {{ status_words('contract') }}
),

rates as (
    {{ rates_to_reporting() }}
),

renamed as (
    select
        -- delivery
        source.channel,
        source.batch_id,
        source.delivered_at,
        source.delivery_file,
        source.file_row,

        -- ids
        source.order_id,
        source.customer_id,
        source.store_id,
        source.coupon_id,
        source.campaign_id,
        source.referral_code,

        -- contact on the order, as tokens
        source.phone_token,
        source.phone_hint_token,
        source.phone_masked,
        source.phone_status,
        source.email_token,
        source.email_match_token,
        source.email_status,
        source.wechat_unionid_token,
        source.wechat_openid_token,
        source.card_no_token,

        -- course
        source.ordered_at,
        source.paid_at,
        coalesce(status_words.canonical_status, 'unknown') as status,
        source.status as delivered_status,
        coalesce(status_words.counts_as_paid, false) as counts_as_paid,
        source.is_test,

        -- money
        upper(source.currency) as currency,
        rates.rate as currency_rate,
        source.gross_amount,
        source.discount_amount,
        source.shipping_amount,
        source.tax_amount,
        source.points_amount,
        source.gift_card_amount,
        source.net_paid_amount,

        -- version
        source.updated_at
    from source
    left join status_words on lower(source.status) = status_words.delivered_word
    left join rates
        on
            coalesce(upper(source.currency), '{{ var("reporting_currency") }}') = rates.currency
            and {{ business_date('source.ordered_at') }}
            between rates.valid_from and rates.valid_to
)

select * from renamed
