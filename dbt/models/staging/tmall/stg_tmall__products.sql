-- One row is a product as an item of a trade names it; the newest item's title will stand.

with items as (
    select * from {{ ref('stg_tmall__trade_items') }}
    where product_id is not null
),

final as (
    select
        {{ staged_columns('products', 'items', {
            'product_id': 'items.product_id',
            'name': 'items.title',
            'style': 'items.properties',
            'list_price': 'items.unit_price',
            'updated_at': 'items.updated_at',
        }) }}
    from items
)

select * from final
