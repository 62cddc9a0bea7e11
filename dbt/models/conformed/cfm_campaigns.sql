-- One row is the newest version of a campaign of a channel, of all channels.
-- Another channel may name its id, see cfm_campaign_reference.
-- Built after the touched keys, which compare the delivery with what stands here:
-- depends_on: {{ ref('cfm_touched_references') }}

{{ config(materialized='incremental', unique_key='campaign_key') }}

{{ newest_versions(
    entity='campaigns',
    keys={
        'campaign_key': natural_key('channel', 'campaign_id'),
    },
    columns=[
        'campaign_id', 'partner_id', 'name', 'theme', 'objective', 'campaign_channel', 'budget',
        'kpi_name', 'kpi_target', 'prepare_at', 'promote_at', 'starts_at', 'ends_at',
    ],
) }}
