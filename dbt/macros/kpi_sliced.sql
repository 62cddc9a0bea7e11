{#- Rows of members in channels, once for their channel and once for the slice all. -#}
{% macro kpi_sliced(relation, columns) -%}
    select {{ columns }}, 'channel' as slice_type, channel as slice
    from {{ relation }}
    union all
    select {{ columns }}, 'all' as slice_type, 'all' as slice
    from {{ relation }}
{%- endmacro %}
