{#- A query of `pairs` with their similarity in millionths and its place among a product's. -#}
{% macro pair_similarity() -%}
    select
        scored.*,
        row_number() over (
            partition by scored.product_number
            order by scored.similarity desc nulls last, scored.members desc nulls last,
                scored.similar_number asc nulls last
        ) as place
    from (
        select
            pairs.product_number,
            pairs.similar_number,
            pairs.members,
            rules.neighbours,
            least(1000000, cast(round(1000000 * cast(pairs.together as double) / nullif(
                power(cast(norms.norm as double), cast(rules.popularity_weight as double))
                * power(
                    cast(others.norm as double), 1 - cast(rules.popularity_weight as double)
                ), 0
            ), 0) as bigint)) as similarity
        from pairs
        inner join norms on pairs.product_number = norms.product_number
        inner join norms as others on pairs.similar_number = others.product_number
        inner join {{ ref('recommendation_rules') }} as rules on pairs.members >= rules.min_members
    ) as scored
{%- endmacro %}
