{#- The first instant after `as_of`, a UTC timestamp: what exists lies before it. -#}
{% macro as_of_end() -%}
    cast('{{ required_var("as_of_end", "2026-01-31 16:00:00") }}' as timestamp)
{%- endmacro %}
