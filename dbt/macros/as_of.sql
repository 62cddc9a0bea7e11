{#- The last business day that counts, a date: the only clock of the models. -#}
{% macro as_of() -%}
    cast('{{ required_var("as_of", "2026-01-31") }}' as date)
{%- endmacro %}
