{#-
    The warning without a model, 0 to 1: half at label_cycles of the own cycle, rising with the time
    overdue; 0 where no cycle is known.
-#}
{% macro rule_risk(overdue_ratio, label_cycles) -%}
    coalesce({{ safe_divide(
        overdue_ratio, overdue_ratio ~ ' + cast(' ~ label_cycles ~ ' as double)'
    ) }}, 0)
{%- endmacro %}
