-- One row is the newest version of a tier given by hand to a customer, of all channels.

{{ config(materialized='incremental', unique_key='tier_grant_key') }}

{{ newest_versions(
    entity='tier_grants',
    keys={
        'tier_grant_key': natural_key('channel', 'grant_id'),
        'record_key': natural_key('channel', 'customer_id'),
    },
    columns=[
        'grant_id', 'customer_id', 'tier_code', 'starts_on', 'ends_on', 'reason',
    ],
) }}
