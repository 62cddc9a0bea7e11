{#- The one number a query gives: how far a replay has come decides its next round. -#}
{% macro read_number(query) -%}
    {{ return(adapter.dispatch('read_number')(query)) }}
{%- endmacro %}

{% macro default__read_number(query) -%}
    {{ return(run_query(query).rows[0][0] or 0) }}
{%- endmacro %}
