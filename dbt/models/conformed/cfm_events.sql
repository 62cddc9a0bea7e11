-- One row is the newest version of an event, of all channels.

{{ config(materialized='incremental', unique_key='event_key') }}

{{ newest_versions(
    entity='events',
    keys={
        'event_key': natural_key('channel', 'event_id'),
        'record_key': natural_key('channel', 'customer_id'),
    },
    columns=[
        'event_id', 'customer_id', 'device_id_token', 'session_id', 'product_id', 'event_type',
        'occurred_at', 'page', 'platform', 'has_properties',
    ],
) }}
