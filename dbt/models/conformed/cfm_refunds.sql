-- One row is the newest version of a refund, of all channels.
-- A return without its order belongs to the customer and the day.
-- Built after the touched keys, which compare the delivery with what stands here:
-- depends_on: {{ ref('cfm_touched_orders') }}

{{ config(materialized='incremental', unique_key='refund_key') }}

{{ newest_versions(
    entity='refunds',
    keys={
        'refund_key': natural_key('channel', 'refund_id'),
        'order_key': natural_key('channel', 'order_id'),
        'record_key': natural_key('channel', 'customer_id'),
    },
    columns=[
        'refund_id', 'order_id', 'customer_id', 'line_no', 'refunded_at', 'reason', 'amount',
        'quantity',
    ],
) }}
