{#- A time that may lie after `as_of`: NULL then, because it has not happened yet. -#}
{% macro until_as_of(utc_timestamp) -%}
    case when {{ utc_timestamp }} < {{ as_of_end() }} then {{ utc_timestamp }} end
{%- endmacro %}
