{#-
    CTEs on members, history, nearest and barred (what they must not be shown): personal, one row a
    member and candidate with its points and the own product that speaks most for it. The product
    is packed below the points, so that one maximum finds both; the smaller number wins a tie.
-#}
{% macro personal_candidates() -%}
links as (
    select
        history.member_number,
        nearest.similar_number as product_number,
        history.product_number as because_number,
        history.weight * nearest.similarity as points
    from history
    inner join members on history.member_number = members.member_number
    inner join nearest on history.product_number = nearest.product_number
    union all
    select
        history.member_number,
        history.product_number,
        history.product_number as because_number,
        history.weight * cast(round(1000000 * rules.repeat_weight, 0) as bigint) as points
    from history
    inner join members on history.member_number = members.member_number
    cross join {{ ref('recommendation_rules') }} as rules
),

personal as (
    select
        links.member_number,
        links.product_number,
        sum(links.points) as points,
        9999999 - max(links.points * 10000000 + 9999999 - links.because_number) % 10000000
            as because_number
    from links
    left join barred
        on links.member_number = barred.member_number and links.product_number = barred.product_number
    where barred.member_number is null and links.points > 0
    group by links.member_number, links.product_number
)
{%- endmacro %}
