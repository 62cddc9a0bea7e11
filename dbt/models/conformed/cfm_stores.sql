-- One row is the newest version of a store of a channel, of all channels.
-- Another channel may name its id, see cfm_store_reference.
-- Built after the touched keys, which compare the delivery with what stands here:
-- depends_on: {{ ref('cfm_touched_references') }}

{{ config(materialized='incremental', unique_key='store_key') }}

{{ newest_versions(
    entity='stores',
    keys={
        'store_key': natural_key('channel', 'store_id'),
    },
    columns=[
        'store_id', 'name', 'province', 'city', 'opened_on',
    ],
) }}
