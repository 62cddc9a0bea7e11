{#- A schema is called exactly what dbt_project.yml says: readers know `core`, not `main_core`. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
