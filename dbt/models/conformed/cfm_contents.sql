-- One row is the newest version of a piece of content, of all channels.

{{ config(materialized='incremental', unique_key='content_key') }}

{{ newest_versions(
    entity='contents',
    keys={
        'content_key': natural_key('channel', 'content_id'),
        'record_key': natural_key('channel', 'customer_id'),
    },
    columns=[
        'content_id', 'customer_id', 'advocate_id', 'product_id', 'platform', 'content_type',
        'created_at', 'likes', 'comments', 'shares',
    ],
) }}
