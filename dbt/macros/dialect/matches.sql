{#- Whether a text contains a match of a regular expression (anchor it to test the whole text). -#}
{% macro matches(text_expression, pattern) -%}
    {{ return(adapter.dispatch('matches')(text_expression, pattern)) }}
{%- endmacro %}

{% macro default__matches(text_expression, pattern) -%}
    regexp_matches({{ text_expression }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__matches(text_expression, pattern) -%}
    ({{ text_expression }} rlike r'{{ pattern }}')
{%- endmacro %}
