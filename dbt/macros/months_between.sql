{#- Calendar months from one date's month to another's, ignoring the day of the month. -#}
{% macro months_between(first_date, second_date) -%}
    cast(
        (extract(year from {{ second_date }}) - extract(year from {{ first_date }})) * 12
        + extract(month from {{ second_date }}) - extract(month from {{ first_date }})
    as integer)
{%- endmacro %}
