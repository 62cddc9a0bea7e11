-- One row is an event, a touch or a points entry whose fact this run may change: it was delivered,
-- or it names a touched product or campaign. A view: a full build never reads it.
{{ config(materialized='view') }}

{%- set facts = {
    'events': {'key': 'event_key', 'id': 'event_id', 'reference': 'product'},
    'touches': {'key': 'touch_key', 'id': 'touch_id', 'reference': 'campaign'},
    'points_entries': {'key': 'points_entry_key', 'id': 'entry_id', 'reference': none},
} %}

{%- for entity, fact in facts.items() %}
select
    '{{ entity }}' as entity,
    delivered.fact_key
from (
    {{ union_formats(entity, [natural_key('channel', fact.id) ~ ' as fact_key']) }}
) as delivered
    {%- if fact.reference %}
union all
select
    '{{ entity }}' as entity,
    facts.{{ fact.key }} as fact_key
from {{ ref('cfm_' ~ entity) }} as facts
inner join {{ ref('cfm_touched_references') }} as touched
    on facts.{{ fact.reference }}_id = touched.reference_id
where touched.reference = '{{ fact.reference }}'
    {%- endif %}
{{ 'union all' if not loop.last }}
{%- endfor %}
