{#- ISO day of the week of a date: 1 is Monday, 7 is Sunday. -#}
{% macro day_of_week(date_expression) -%}
    {{ return(adapter.dispatch('day_of_week')(date_expression)) }}
{%- endmacro %}

{% macro default__day_of_week(date_expression) -%}
    cast(extract(isodow from {{ date_expression }}) as integer)
{%- endmacro %}

{% macro spark__day_of_week(date_expression) -%}
    (weekday({{ date_expression }}) + 1)
{%- endmacro %}
