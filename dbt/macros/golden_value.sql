{#-
    A CTE that chooses one record's value for each member, and names its channel as the source:
    the best source priority, then the newest, among records that have a value in the first column.

    columns: taken together from the chosen record; rank_first: an order that outranks the source;
    keys: what a value is chosen for, where that is not the member as such.
-#}
{% macro golden_value(name, columns, records, rank_first=none, keys=['member_id']) -%}
{{ name }} as (
    select
        {{ keys | join(', ') }},
        {{ columns | join(', ') }},
        channel as source_channel
    from (
        select
            *,
            row_number() over (
                partition by {{ keys | join(', ') }}
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
