{#-
    Spans in which a level is higher by a weight, as changes on days: up when a span begins, down on
    the first day after it. The relation has slice_type, slice, series, weight, begins_on, ends_on.
-#}
{% macro kpi_changes_of_spans(spans) -%}
    select begins_on as changed_on, slice_type, slice, series, weight as change
    from {{ spans }}
    union all
    select ends_on as changed_on, slice_type, slice, series, -weight as change
    from {{ spans }}
    where ends_on <= {{ as_of() }}
{%- endmacro %}
