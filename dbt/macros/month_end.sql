{#- The last day of a date's month, a date. -#}
{% macro month_end(date_expression) -%}
    {{ add_days(add_months(month_start(date_expression), 1), -1) }}
{%- endmacro %}
