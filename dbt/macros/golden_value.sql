{#-
    A CTE that chooses one record's value for each member, and names its channel as the source:
    the best source priority, then the newest, among records that have a value in the first column.

    columns: taken together from the chosen record; rank_first: an order that outranks the source.
-#}
{% macro golden_value(name, columns, records, rank_first=none) -%}
{{ name }} as (
    select
        member_id,
        {{ columns | join(', ') }},
        channel as source_channel
    from (
        select
            *,
            row_number() over (
                partition by member_id
                order by
                    {%- if rank_first %}
                    {{ rank_first }},
                    {%- endif %}
                    source_priority asc nulls last,
                    updated_at desc nulls last,
                    record_key asc nulls last
            ) as choice
        from {{ records }}
        where {{ columns[0] }} is not null
    ) as ranked
    where choice = 1
)
{%- endmacro %}
