{#-
    Joins of a series at the end of a period (`name`) and on the day before it (`name`_before), in
    the slice of `bases`, or over all slices where `over_all` holds.
-#}
{% macro kpi_series_at(name, series, over_all='false') -%}
    {%- for alias, day in [(name, 'ends_on'), (name ~ '_before', 'before_on')] %}
        left join {{ ref('kpi_series_daily') }} as {{ alias }}
            on {{ series }} = {{ alias }}.series
            and periods.{{ day }} = {{ alias }}.date_day
            and {{ alias }}.slice_type = case when {{ over_all }} then 'all' else bases.slice_type end
            and {{ alias }}.slice = case when {{ over_all }} then 'all' else bases.slice end
    {%- endfor %}
{%- endmacro %}
