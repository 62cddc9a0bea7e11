-- One row is a version of a customer record: what a channel delivered with one updated_at. Of equal
-- updated_at the last delivered stands; where there is none, the record has one such version.

{{ config(materialized='incremental', unique_key='version_key') }}

{{ newest_versions(
    entity='customers',
    keys={
        'version_key': natural_key('channel', 'customer_id') ~ " || '@' || "
            ~ "coalesce(cast(updated_at as varchar), '')",
        'record_key': natural_key('channel', 'customer_id'),
    },
    columns=[
        'name_token', 'phone_token', 'phone_verified', 'email_match_token',
        'wechat_unionid_token', 'wechat_openid_token', 'card_no_token', 'gender',
        'birth_date_token', 'birth_year', 'province', 'city', 'district', 'address_token',
        'postcode', 'registered_at',
    ],
) }}
