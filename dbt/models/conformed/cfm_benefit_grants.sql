-- One row is the newest version of a benefit granted to a customer, of all channels.

{{ config(materialized='incremental', unique_key='benefit_grant_key') }}

{{ newest_versions(
    entity='benefit_grants',
    keys={
        'benefit_grant_key': natural_key('channel', 'grant_id'),
        'record_key': natural_key('channel', 'customer_id'),
    },
    columns=[
        'grant_id', 'customer_id', 'benefit_code', 'granted_at', 'used_at', 'cost',
    ],
) }}
