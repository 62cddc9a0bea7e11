-- One row is the newest version of a customer's membership of a community, of all channels.

{{ config(materialized='incremental', unique_key='community_membership_key') }}

{{ newest_versions(
    entity='community_members',
    keys={
        'community_membership_key': natural_key(
            natural_key('channel', 'community_id'), 'customer_id'),
        'record_key': natural_key('channel', 'customer_id'),
        'community_key': natural_key('channel', 'community_id'),
    },
    columns=[
        'community_id', 'customer_id', 'community_name', 'platform', 'joined_at', 'left_at',
    ],
) }}
