-- One row is a product as a line of an order names it; the newest line's name will stand.

with lines as (
    select * from {{ ref('stg_shopify__order_rows') }}
    where product_id is not null
),

final as (
    select
        {{ staged_columns('products', 'lines', {
            'product_id': 'lines.product_id',
            'name': 'lines.line_name',
            'brand': 'lines.vendor',
            'list_price': 'coalesce(lines.line_compare_price, lines.line_price)',
            'updated_at': 'lines.updated_at',
        }) }}
    from lines
)

select * from final
