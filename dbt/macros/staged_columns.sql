{#-
    The select list of a staging model: where the row was delivered, then the contract's columns of
    the entity. given: column -> expression; a column that is not given is a typed NULL.
-#}
{% macro staged_columns(entity, source, given) -%}
    {%- for name in ['channel', 'batch_id', 'delivered_at', 'delivery_file', 'file_row'] %}
    {{ source }}.{{ name }},
    {%- endfor %}
    {%- set known = [] %}
    {%- for column in contract_columns(entity) %}
        {%- set name, _, kind = column.partition(':') %}
        {%- set type = {'': 'varchar', 'money': 'decimal(18, 2)'}.get(kind, kind) %}
        {%- do known.append(name) %}
    cast({{ given.get(name, 'null') }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
    {%- for name in given if name not in known %}
        {{ exceptions.raise_compiler_error(entity ~ ' has no column ' ~ name) }}
    {%- endfor %}
{%- endmacro %}
