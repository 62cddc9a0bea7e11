{#- The texts of a group in one text, in a given order (an `order by` list with a tie-breaker). -#}
{% macro string_list(text_expression, order_by, separator=', ') -%}
    {{ return(adapter.dispatch('string_list')(text_expression, order_by, separator)) }}
{%- endmacro %}

{% macro default__string_list(text_expression, order_by, separator) -%}
    string_agg({{ text_expression }}, '{{ separator }}' order by {{ order_by }})
{%- endmacro %}

{% macro spark__string_list(text_expression, order_by, separator) -%}
    listagg({{ text_expression }}, '{{ separator }}') within group (order by {{ order_by }})
{%- endmacro %}
