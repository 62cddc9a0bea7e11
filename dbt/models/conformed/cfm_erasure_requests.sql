-- One row is the newest version of a person's request to be forgotten, of all channels. Being
-- named here makes nobody known: only what a person did or said does.

{{ config(materialized='incremental', unique_key='erasure_request_key') }}

{{ newest_versions(
    entity='erasure_requests',
    keys={
        'erasure_request_key': natural_key('channel', 'request_id'),
        'named_record': natural_key('channel', 'customer_id'),
    },
    columns=[
        'request_id', 'customer_id', 'phone_token', 'email_token', 'email_match_token',
        'requested_at',
    ],
) }}
