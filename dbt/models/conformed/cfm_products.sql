-- One row is the newest version of a product of a channel, of all channels.
-- It is not a product of the brand: another channel may know the same id, see
-- cfm_product_reference.
-- Built after the touched keys, which compare the delivery with what stands here:
-- depends_on: {{ ref('cfm_touched_references') }}

{{ config(materialized='incremental', unique_key='product_key') }}

{{ newest_versions(
    entity='products',
    keys={
        'product_key': natural_key('channel', 'product_id'),
    },
    columns=[
        'product_id', 'name', 'category', 'subcategory', 'brand', 'color', 'style',
        'list_price', 'unit_cost',
    ],
) }}
