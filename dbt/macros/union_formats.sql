{#- The same select list from the staging model of every format that delivers the entity. -#}
{% macro union_formats(entity, select_list) -%}
    {%- for format in formats_of(entity) %}
    select
        {{ select_list | join(',\n        ') }}
    from {{ ref('stg_' ~ format ~ '__' ~ entity) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
