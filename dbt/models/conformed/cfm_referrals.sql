-- One row is the newest version of a referral, of all channels.

{{ config(materialized='incremental', unique_key='referral_key') }}

{{ newest_versions(
    entity='referrals',
    keys={
        'referral_key': natural_key('channel', 'referral_id'),
        'referrer_record_key': natural_key('channel', 'referrer_customer_id'),
        'referred_record_key': natural_key('channel', 'referred_customer_id'),
    },
    columns=[
        'referral_id', 'referrer_customer_id', 'referred_customer_id', 'code', 'referred_at',
    ],
) }}
