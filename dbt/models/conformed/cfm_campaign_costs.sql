-- One row is the newest version of a cost entry, of all channels.

{{ config(materialized='incremental', unique_key='marketing_cost_key') }}

{{ newest_versions(
    entity='campaign_costs',
    keys={
        'marketing_cost_key': natural_key('channel', 'cost_id'),
    },
    columns=[
        'cost_id', 'campaign_id', 'partner_id', 'spent_on', 'cost_type', 'marketing_channel',
        'amount',
    ],
) }}
