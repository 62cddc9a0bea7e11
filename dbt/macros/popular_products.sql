{#-
    A CTE (popular) with the products most bought in each segment of a relation with product_number,
    weight and a segment column, and in 'all' of it; enough of them to fill every place although some
    of them are barred for a member.
-#}
{% macro popular_products(relation, segment) -%}
popular as (
    select segment, product_number, points
    from (
        select
            slices.segment,
            slices.product_number,
            sum(slices.weight) as points,
            row_number() over (
                partition by slices.segment
                order by sum(slices.weight) desc nulls last, slices.product_number asc nulls last
            ) as place
        from (
            select {{ segment }} as segment, product_number, weight from {{ relation }}
            where {{ segment }} <> 'all'
            union all
            select 'all' as segment, product_number, weight from {{ relation }}
        ) as slices
        group by slices.segment, slices.product_number
    ) as ranked
    cross join {{ ref('recommendation_rules') }} as rules
    where place <= rules.places + rules.history_products
)
{%- endmacro %}
