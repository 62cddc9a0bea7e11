{#- The UTC instant at which a business day starts. -#}
{% macro business_day_start(business_day) -%}
    {{ return(adapter.dispatch('business_day_start')(business_day)) }}
{%- endmacro %}

{% macro default__business_day_start(business_day) -%}
    (cast({{ business_day }} as timestamp)
        at time zone '{{ var("time_zone") }}' at time zone 'UTC')
{%- endmacro %}

{% macro spark__business_day_start(business_day) -%}
    to_utc_timestamp(cast({{ business_day }} as timestamp), '{{ var("time_zone") }}')
{%- endmacro %}
