-- One row is the newest version of a partner of a channel, of all channels.
-- Another channel may name its id, see cfm_partner_reference.
-- Built after the touched keys, which compare the delivery with what stands here:
-- depends_on: {{ ref('cfm_touched_references') }}

{{ config(materialized='incremental', unique_key='partner_key') }}

{{ newest_versions(
    entity='partners',
    keys={
        'partner_key': natural_key('channel', 'partner_id'),
    },
    columns=[
        'partner_id', 'name', 'partner_type', 'started_on',
    ],
) }}
