-- One row is the newest version of an entry of the points ledger, of all channels.

{{ config(materialized='incremental', unique_key='points_entry_key') }}

{{ newest_versions(
    entity='points_entries',
    keys={
        'points_entry_key': natural_key('channel', 'entry_id'),
        'record_key': natural_key('channel', 'customer_id'),
    },
    columns=[
        'entry_id', 'customer_id', 'order_id', 'occurred_at', 'entry_type', 'reason', 'points',
        'expires_at',
    ],
) }}
