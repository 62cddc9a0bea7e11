-- One row: a movement of points until as_of, signed as the channel booked it.
-- depends_on: {{ ref('cfm_touched_facts') }}, {{ source('identity', 'idn_changed_record') }}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='points_entry_key',
    on_schema_change='fail',
) }}

select
    -- keys
    facts.points_entry_key,
    facts.channel,
    facts.entry_id,
    identity.member_id,
    facts.record_key,
    facts.order_id,
    {{ natural_key('facts.channel', 'facts.order_id') }} as order_key,

    -- course
    facts.entry_type,
    facts.reason,
    facts.occurred_at,
    {{ business_date('facts.occurred_at') }} as occurred_on,
    facts.expires_at,

    -- measures
    facts.points
from {{ ref('cfm_points_entries') }} as facts
left join {{ ref('member_identity') }} as identity on facts.record_key = identity.record_key
where
    facts.occurred_at < {{ as_of_end() }}
    {%- if is_incremental() %}
    and {{ is_touched_fact('points_entries', 'facts.points_entry_key', 'facts.record_key') }}
    {%- endif %}
