{#-
    A table of this project as the last published build left it, or none where there is none.
    Right only in a model that is built before that table: make the table depend on the model.
-#}
{% macro state_of(name, schema='conformed') -%}
    {%- set relation = none -%}
    {%- if execute and not flags.FULL_REFRESH -%}
        {%- set relation = adapter.get_relation(this.database, schema, name) -%}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro %}
