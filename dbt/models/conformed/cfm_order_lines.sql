-- One row is the newest version of a line of an order, of all channels.
-- An order without a row here has one implied line of unknown product.
-- Built after the touched keys, which compare the delivery with what stands here:
-- depends_on: {{ ref('cfm_touched_orders') }}

{{ config(materialized='incremental', unique_key='order_line_key') }}

{{ newest_versions(
    entity='order_lines',
    keys={
        'order_line_key': natural_key(natural_key('channel', 'order_id'), 'line_no'),
        'order_key': natural_key('channel', 'order_id'),
    },
    columns=[
        'order_id', 'line_no', 'product_id', 'quantity', 'unit_price', 'discount_amount',
        'line_amount',
    ],
) }}
