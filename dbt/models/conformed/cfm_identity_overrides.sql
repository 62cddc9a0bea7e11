-- One row is the newest version of a decision about two records, of all channels that deliver any.
-- It is no link: identity follows it from idn_override, beside the decisions in the seed.

{{ config(materialized='incremental', unique_key='override_key') }}

{{ newest_versions(
    entity='identity_overrides',
    keys={
        'override_key': natural_key('channel', 'override_id'),
    },
    columns=[
        'override_id', 'left_channel', 'left_customer_id', 'right_channel', 'right_customer_id',
        'action', 'reason', 'decided_at',
    ],
) }}
