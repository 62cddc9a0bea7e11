{#-
    A query of the products that may be recommended, described and excluded by no rule, numbered in
    the order of their keys.
-#}
{% macro recommendable_products() -%}
    select
        products.product_key,
        row_number() over (order by products.product_key asc nulls last) as product_number
    from {{ ref('dim_product') }} as products
    left join {{ ref('recommendation_exclusion_rules') }} as excluded
        on (excluded.scope = 'product' and excluded.value = products.product_key)
        or (excluded.scope = 'category' and excluded.value = products.category)
        or (excluded.scope = 'subcategory' and excluded.value = products.subcategory)
        or (excluded.scope = 'brand' and excluded.value = products.brand)
    where products.is_described and excluded.scope is null
{%- endmacro %}
