{#-
    Whether an increment must compute a fact again: it was delivered, what it refers to changed
    its meaning, or the member of its record changed.
-#}
{% macro is_touched_fact(entity, fact_key, record_key) -%}
    (
        {{ fact_key }} in (
            select fact_key from {{ ref('cfm_touched_facts') }} where entity = '{{ entity }}'
        )
        or {{ record_key }} in (
            select record_key from {{ source('identity', 'idn_changed_record') }}
        )
    )
{%- endmacro %}
