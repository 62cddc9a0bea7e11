{#-
    The body of a conformed model: one row a key, its newest version over all formats.

    In an incremental run staging shows the open batches only. The versions chosen before compete
    again for the keys staging touches, and no other key can change: choosing the first of a total
    order needs no other memory, so the increment equals a full build.

    keys: name -> expression of the key columns, the model's unique_key first;
    columns: staging columns kept as they are.
-#}
{% macro newest_versions(entity, keys, columns) -%}
{%- set kept = ['channel'] + columns
    + ['updated_at', 'delivered_at', 'delivery_file', 'file_row', 'batch_id'] -%}
{%- set names = (keys.keys() | list) + kept -%}
{%- set key = names[0] -%}
{%- set expressions = [] -%}
{%- for name, expression in keys.items() -%}
    {%- do expressions.append(expression ~ ' as ' ~ name) -%}
{%- endfor -%}
with delivered as (
    {{ union_formats(entity, expressions + kept) }}
),

versions as (
    select {{ names | join(', ') }} from delivered
    {%- if is_incremental() %}
    union all
    select {{ names | join(', ') }} from {{ this }}
    where {{ key }} in (select {{ key }} from delivered)
    {%- endif %}
),

ranked as (
    select
        {{ names | join(', ') }},
        row_number() over (
            partition by {{ key }}
            order by {{ newest_first() }}
        ) as version_number
    from versions
)

select {{ names | join(', ') }}
from ranked
where version_number = 1
{%- endmacro %}
