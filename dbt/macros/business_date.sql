{#- The business day a UTC timestamp falls on, a date. -#}
{% macro business_date(utc_timestamp) -%}
    cast({{ business_time(utc_timestamp) }} as date)
{%- endmacro %}
