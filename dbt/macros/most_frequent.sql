{#-
    A CTE with the most frequent value of a column for each member: choice, its support (rows) and
    the total of rows. Ties go to the smallest value; rows without a value do not count.
-#}
{% macro most_frequent(name, relation, column, key='member_id') -%}
{{ name }} as (
    select {{ key }}, choice, support, total
    from (
        select
            {{ key }},
            {{ column }} as choice,
            count(*) as support,
            sum(count(*)) over (partition by {{ key }}) as total,
            row_number() over (
                partition by {{ key }} order by count(*) desc nulls last, {{ column }} asc nulls last
            ) as place
        from {{ relation }}
        where {{ column }} is not null
        group by {{ key }}, {{ column }}
    ) as counted
    where place = 1
)
{%- endmacro %}
