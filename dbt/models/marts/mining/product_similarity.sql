-- One row: a product and one that members who bought it also bought, nearest first.
with {{ product_history('false') }},

{{ similar_products() }},

final as (
    select
        products.product_key,
        others.product_key as similar_product_key,
        {{ as_of() }} as as_of,
        cast(nearest.place as integer) as rank,
        nearest.similarity / 1000000.0e0 as similarity,
        nearest.members
    from nearest
    inner join product_codes as products on nearest.product_number = products.product_number
    inner join product_codes as others on nearest.similar_number = others.product_number
)

select * from final
