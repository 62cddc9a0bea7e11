-- One row is the newest version of an order, of all channels.
-- Amounts stay in the currency of the order; currency_rate turns them into the
-- reporting currency.
-- Built after the touched keys, which compare the delivery with what stands here:
-- depends_on: {{ ref('cfm_touched_orders') }}

{{ config(materialized='incremental', unique_key='order_key') }}

{{ newest_versions(
    entity='orders',
    keys={
        'order_key': natural_key('channel', 'order_id'),
        'record_key': guest_record_key(),
    },
    columns=[
        'order_id', 'customer_id', 'store_id', 'coupon_id', 'campaign_id', 'referral_code',
        'phone_token', 'phone_hint_token', 'phone_masked', 'phone_status', 'email_token',
        'email_match_token', 'email_status', 'wechat_unionid_token', 'wechat_openid_token',
        'card_no_token', 'ordered_at', 'paid_at', 'status', 'delivered_status',
        'counts_as_paid', 'is_test', 'currency', 'currency_rate', 'gross_amount',
        'discount_amount', 'shipping_amount', 'tax_amount', 'points_amount', 'gift_card_amount',
        'net_paid_amount',
    ],
) }}
