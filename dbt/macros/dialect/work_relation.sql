{#- The name of a table that a replay writes and nobody else reads. -#}
{% macro work_relation(name) -%}
    {{ return(adapter.dispatch('work_relation')(name)) }}
{%- endmacro %}

{% macro default__work_relation(name) -%}
    temp.{{ name }}
{%- endmacro %}

{% macro spark__work_relation(name) -%}
    {{ target.schema }}.work_{{ name }}
{%- endmacro %}
