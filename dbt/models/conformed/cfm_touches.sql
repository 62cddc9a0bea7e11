-- One row is the newest version of a message to one customer, of all channels.

{{ config(materialized='incremental', unique_key='touch_key') }}

{{ newest_versions(
    entity='touches',
    keys={
        'touch_key': natural_key('channel', 'touch_id'),
        'record_key': natural_key('channel', 'customer_id'),
    },
    columns=[
        'touch_id', 'campaign_id', 'customer_id', 'contact_channel', 'variant', 'is_control',
        'automated', 'sent_at', 'touch_delivered_at', 'opened_at', 'clicked_at', 'bounced_at',
        'unsubscribed_at',
    ],
) }}
