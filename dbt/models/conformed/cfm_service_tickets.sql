-- One row is the newest version of a service ticket, of all channels.

{{ config(materialized='incremental', unique_key='service_ticket_key') }}

{{ newest_versions(
    entity='service_tickets',
    keys={
        'service_ticket_key': natural_key('channel', 'ticket_id'),
        'record_key': natural_key('channel', 'customer_id'),
    },
    columns=[
        'ticket_id', 'customer_id', 'contact_channel', 'handled_by', 'topic', 'is_complaint',
        'resolved', 'opened_at', 'first_reply_at', 'closed_at',
    ],
) }}
