-- One row is the newest version of an advocate, of all channels.

{{ config(materialized='incremental', unique_key='advocate_key') }}

{{ newest_versions(
    entity='advocates',
    keys={
        'advocate_key': natural_key('channel', 'advocate_id'),
        'record_key': natural_key('channel', 'customer_id'),
    },
    columns=[
        'advocate_id', 'customer_id', 'advocate_type', 'platform', 'followers', 'code', 'fee',
    ],
) }}
