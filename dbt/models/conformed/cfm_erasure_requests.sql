-- One row is the newest version of a person's request to be forgotten, of all channels.

{{ config(materialized='incremental', unique_key='erasure_request_key') }}

{{ newest_versions(
    entity='erasure_requests',
    keys={
        'erasure_request_key': natural_key('channel', 'request_id'),
        'record_key': natural_key('channel', 'customer_id'),
    },
    columns=[
        'request_id', 'customer_id', 'phone_token', 'email_token', 'email_match_token',
        'requested_at',
    ],
) }}
