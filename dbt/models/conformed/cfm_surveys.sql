-- One row is the newest version of an answer to a survey, of all channels.

{{ config(materialized='incremental', unique_key='survey_response_key') }}

{{ newest_versions(
    entity='surveys',
    keys={
        'survey_response_key': natural_key('channel', 'response_id'),
        'record_key': natural_key('channel', 'customer_id'),
    },
    columns=[
        'response_id', 'customer_id', 'survey_type', 'subject', 'score', 'reason',
        'has_comment', 'asked_at', 'answered_at',
    ],
) }}
