{#- A query of `bought` with a product's weight by age and its place among the member's newest. -#}
{% macro weighted_products() -%}
    select
        bought.member_number,
        bought.product_number,
        rules.history_products,
        cast(round(1000 * exp(
            -ln(2) * {{ days_between('bought.last_on', as_of()) }} / nullif(rules.half_life_days, 0)
        ), 0) as bigint) as weight,
        row_number() over (
            partition by bought.member_number
            order by bought.last_on desc nulls last, bought.product_number asc nulls last
        ) as place
    from bought
    cross join {{ ref('recommendation_rules') }} as rules
{%- endmacro %}
