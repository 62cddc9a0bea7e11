-- One row is the newest version of an activity of a customer in a community, of all channels.

{{ config(materialized='incremental', unique_key='community_activity_key') }}

{{ newest_versions(
    entity='community_activities',
    keys={
        'community_activity_key': natural_key('channel', 'activity_id'),
        'record_key': natural_key('channel', 'customer_id'),
    },
    columns=[
        'activity_id', 'community_id', 'customer_id', 'activity_type', 'occurred_at',
    ],
) }}
