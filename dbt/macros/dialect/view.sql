{#- A view, made in place. -#}
{% materialization view, adapter="duckdb" %}
    {%- set target_relation = this.incorporate(type='view') -%}

    {%- call made_in_place() -%}
        {{ get_create_view_as_sql(target_relation, sql) }}
    {%- endcall -%}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
