{#-
    A CTE that chooses one record's value of an attribute for each member, as golden_rules has it,
    and names its channel as the source. Only records with a value in the first column are asked.

    columns: taken together from the chosen record; verified, stated_at: see golden_order;
    keys: what a value is chosen for, where that is not the member as such.
-#}
{% macro golden_value(
    name, attribute, columns, records, verified='false', stated_at='updated_at', keys=['member_id']
) -%}
{{ name }} as (
    select
        {{ keys | join(', ') }},
        {{ columns | join(', ') }},
        channel as source_channel
    from (
        select
            stated.*,
            row_number() over (
                partition by {{ keys | join(', ') }}
                order by
                    {{ golden_order(verified, stated_at) }}
            ) as choice
        from {{ records }} as stated
        inner join {{ ref('golden_rules') }} as rules on rules.attribute = '{{ attribute }}'
        where {{ columns[0] }} is not null
    ) as ranked
    where choice = 1
)
{%- endmacro %}
