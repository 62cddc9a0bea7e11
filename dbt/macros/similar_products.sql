{#-
    CTEs on `history`: norms, pairs and nearest, the products nearest to each product. Similarity is
    the cosine of the two products' weighted members (Linden, Smith and York 2003), asymmetric by
    popularity_weight (Aiolli 2013), in millionths.
-#}
{% macro similar_products() -%}
norms as (
    select product_number, sum(weight * weight) as norm
    from history
    group by product_number
),

pairs as (
    select
        one.product_number,
        other.product_number as similar_number,
        count(*) as members,
        sum(one.weight * other.weight) as together
    from history as one
    inner join history as other
        on one.member_number = other.member_number and one.product_number <> other.product_number
    group by one.product_number, other.product_number
),

measured as (
    {{ pair_similarity() }}
),

nearest as (
    select product_number, similar_number, members, similarity, place
    from measured
    where similarity > 0 and place <= neighbours
)
{%- endmacro %}
