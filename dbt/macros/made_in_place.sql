{#- A relation of dbt's, dropped and made anew in one transaction by the statement of the caller.
    Nobody reads the database that is being built, so what dbt-duckdb does for readers (build aside,
    rename twice, drop) would only take time. Other engines keep their own. -#}
{% macro made_in_place() %}
    {%- set made = caller -%}
    {%- set existing_relation = load_cached_relation(this) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- call statement('main') -%}
        {%- if existing_relation is not none %}
            drop {{ existing_relation.type }} if exists {{ existing_relation }};
        {%- endif %}
        {{ made() }}
    {%- endcall -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
{% endmacro %}
