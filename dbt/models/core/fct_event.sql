-- One row: something a visitor did until as_of, as the channel recorded it; member_id is NULL for
-- a visitor nobody knows.
-- depends_on: {{ ref('cfm_touched_facts') }}, {{ source('identity', 'idn_changed_record') }}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='event_key',
    on_schema_change='fail',
) }}

select
    -- keys
    facts.event_key,
    facts.channel,
    facts.event_id,
    identity.member_id,
    facts.record_key,
    facts.session_id,
    facts.product_id,
    {{ referenced_key('products.product_key', 'facts.channel', 'facts.product_id') }}
        as product_key,

    -- course
    facts.event_type,
    facts.occurred_at,
    {{ business_date('facts.occurred_at') }} as occurred_on,

    -- measures
    facts.page,
    facts.platform,
    facts.has_properties
from {{ ref('cfm_events') }} as facts
left join {{ ref('member_identity') }} as identity on facts.record_key = identity.record_key
left join {{ ref('cfm_product_reference') }} as products
    on facts.channel = products.channel and facts.product_id = products.product_id
where
    facts.occurred_at < {{ as_of_end() }}
    {%- if is_incremental() %}
    and {{ is_touched_fact('events', 'facts.event_key', 'facts.record_key') }}
    {%- endif %}
