{#- The later of a time and one that may be NULL; `greatest` differs between engines on NULL. -#}
{% macro latest_of(always_known, maybe_null) -%}
    case when {{ maybe_null }} > {{ always_known }} then {{ maybe_null }} else {{ always_known }} end
{%- endmacro %}
