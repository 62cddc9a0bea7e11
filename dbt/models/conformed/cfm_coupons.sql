-- One row is the newest version of a coupon, of all channels.

{{ config(materialized='incremental', unique_key='coupon_key') }}

{{ newest_versions(
    entity='coupons',
    keys={
        'coupon_key': natural_key('channel', 'coupon_id'),
        'record_key': natural_key('channel', 'customer_id'),
    },
    columns=[
        'coupon_id', 'template_id', 'campaign_id', 'customer_id', 'order_id', 'face_value',
        'min_spend', 'issued_at', 'received_at', 'used_at', 'expires_at',
    ],
) }}
