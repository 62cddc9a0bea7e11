{#- A table, made in place. -#}
{% materialization table, adapter="duckdb" %}
    {%- set target_relation = this.incorporate(type='table') -%}

    {%- call made_in_place() -%}
        {{ create_table_as(False, target_relation, compiled_code) }}
    {%- endcall -%}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
