-- One row is the newest version of a customer record, of all channels.
-- It is not a person: identity says which records are one member.

{{ config(materialized='incremental', unique_key='record_key') }}

{{ newest_versions(
    entity='customers',
    keys={
        'record_key': natural_key('channel', 'customer_id'),
    },
    columns=[
        'customer_id', 'name_token', 'nickname_token', 'phone_token', 'phone_hint_token',
        'phone_masked', 'phone_status', 'phone_verified', 'email_token', 'email_match_token',
        'email_status', 'wechat_unionid_token', 'wechat_openid_token', 'card_no_token',
        'device_id_token', 'marketplace_id_token', 'gender', 'birth_date_token', 'birth_year',
        'birth_month', 'province', 'city', 'district', 'address_token', 'postcode',
        'registered_at', 'registration_source',
    ],
) }}
