{#-
    CTEs on members and personal: best, a member's best personal products in their places, and
    wanting, the members who have too few of them.
-#}
{% macro best_products() -%}
best as (
    select placed.member_number, placed.product_number, placed.points, placed.because_number,
        placed.place
    from (
        select
            personal.*,
            row_number() over (
                partition by member_number
                order by points desc nulls last, product_number asc nulls last
            ) as place
        from personal
    ) as placed
    inner join {{ ref('recommendation_rules') }} as rules on placed.place <= rules.places
),

wanting as (
    select
        members.member_number,
        members.segment,
        coalesce(found.products, 0) as products
    from members
    left join (
        select member_number, count(*) as products from best group by member_number
    ) as found on members.member_number = found.member_number
    inner join {{ ref('recommendation_rules') }} as rules
        on coalesce(found.products, 0) < rules.places
)
{%- endmacro %}
