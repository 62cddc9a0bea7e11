{#-
    The body of a conformed model: one row a key, its newest version over all formats.

    In an incremental run staging shows the open batches only. For the keys in them, the versions
    chosen before compete again: choosing the first of a total order needs no other memory.
    keys: name -> expression, the model's unique_key first; columns: staging columns kept as is.
-#}
{% macro newest_versions(entity, keys, columns) -%}
{%- set kept = ['channel'] + columns
    + ['updated_at', 'delivered_at', 'delivery_file', 'file_row', 'batch_id'] -%}
{%- set key = (keys.keys() | list)[0] -%}
{%- set names = ((keys.keys() | list) + kept) | join(', ') -%}
{%- set expressions = [] -%}
{%- for name, expression in keys.items() -%}
    {%- do expressions.append(expression ~ ' as ' ~ name) -%}
{%- endfor -%}
with delivered as (
    {{ union_formats(entity, expressions + kept) }}
),

versions as (
    select {{ names }} from delivered
    {%- if is_incremental() %}
    union all
    select {{ names }} from {{ this }} where {{ key }} in (select {{ key }} from delivered)
    {%- endif %}
),

ranked as (
    select
        {{ names }},
        row_number() over (partition by {{ key }} order by {{ newest_first() }}) as version_number
    from versions
)

select {{ names }}
from ranked
where version_number = 1
{%- endmacro %}
