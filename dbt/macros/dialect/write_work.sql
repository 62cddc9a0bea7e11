{#- Put the rows of a query into a replay's table: a new one, or further rows with `append`. -#}
{% macro write_work(name, query, append=false) -%}
    {%- do adapter.dispatch('write_work')(name, query, append) -%}
{%- endmacro %}

{% macro default__write_work(name, query, append) -%}
    {%- set verb = 'insert into' if append else 'create or replace temp table' -%}
    {%- set table = work_relation(name) if append else name ~ ' as' -%}
    {%- do run_query(verb ~ ' ' ~ table ~ ' ' ~ query) -%}
{%- endmacro %}

{% macro spark__write_work(name, query, append) -%}
    {%- set table = work_relation(name) -%}
    {%- if append -%}
        {%- do run_query('insert into ' ~ table ~ ' ' ~ query) -%}
    {%- else -%}
        {#- a query may read the table it replaces -#}
        {%- do run_query('create table ' ~ table ~ '_next using parquet as ' ~ query) -%}
        {%- do run_query('drop table if exists ' ~ table) -%}
        {%- do run_query('alter table ' ~ table ~ '_next rename to ' ~ table) -%}
    {%- endif -%}
{%- endmacro %}
