{#-
    Moves added up by day, slice and series; `with_all` adds the slice all, the sum of the others.
    The relation has changed_on, slice_type, slice, series, change.
-#}
{% macro kpi_daily_changes(moves, with_all=false) -%}
    select
        changed_on,
        slice_type,
        slice,
        series,
        cast(sum(change) as decimal(18, 2)) as change
    from {{ moves }}
    group by changed_on, slice_type, slice, series
    {%- if with_all %}
    union all
    select
        changed_on,
        'all' as slice_type,
        'all' as slice,
        series,
        cast(sum(change) as decimal(18, 2)) as change
    from {{ moves }}
    group by changed_on, series
    {%- endif %}
{%- endmacro %}
