{#-
    CTEs on members (with their segment), personal, popular and barred: recommended, a member's
    products in their places. The best personal ones come first; whoever has too few of them gets
    what is popular in the segment after them. Only those are given popular ones at all: all of them
    for everybody would be forty rows a member.
-#}
{% macro recommended_products() -%}
{{ best_products() }},

recommended as (
    select member_number, product_number, points, because_number, place, 0 as source
    from best
    union all
    select
        wanting.member_number,
        popular.product_number,
        popular.points,
        cast(null as bigint) as because_number,
        wanting.products + row_number() over (
            partition by wanting.member_number
            order by popular.points desc nulls last, popular.product_number asc nulls last
        ) as place,
        1 as source
    from wanting
    inner join popular on wanting.segment = popular.segment
    left join best
        on wanting.member_number = best.member_number and popular.product_number = best.product_number
    left join barred
        on wanting.member_number = barred.member_number
        and popular.product_number = barred.product_number
    where best.member_number is null and barred.member_number is null
)
{%- endmacro %}
