{#- A UTC timestamp as the wall clock of the business time zone shows it. -#}
{% macro business_time(utc_timestamp) -%}
    {{ return(adapter.dispatch('business_time')(utc_timestamp)) }}
{%- endmacro %}

{% macro default__business_time(utc_timestamp) -%}
    (({{ utc_timestamp }}) at time zone 'UTC' at time zone '{{ var("time_zone") }}')
{%- endmacro %}

{% macro spark__business_time(utc_timestamp) -%}
    from_utc_timestamp({{ utc_timestamp }}, '{{ var("time_zone") }}')
{%- endmacro %}
