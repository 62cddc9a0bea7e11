-- One row is a product as a line of a trade names it; the newest line's title will stand.

with lines as (
    select * from {{ source('raw', 'youzan__trade_lines') }}
    where coalesce(outer_item_id, item_id) is not null
),

final as (
    select
        {{ staged_columns('products', 'lines', {
            'product_id': 'coalesce(lines.outer_item_id, lines.item_id)',
            'name': 'lines.title',
            'list_price': 'lines.unit_price',
            'updated_at': 'lines.updated_at',
        }) }}
    from lines
)

select * from final
