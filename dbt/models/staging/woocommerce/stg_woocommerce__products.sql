-- One row is a product as a line of an order names it; the newest line's name will stand.

with lines as (
    select
        *,
        coalesce(sku, nullif(variation_id, '0'), product_id) as known_id
    from {{ source('raw', 'woocommerce__order_lines') }}
),

final as (
    select
        {{ staged_columns('products', 'lines', {
            'product_id': 'lines.known_id',
            'name': 'lines.name',
            'list_price': 'lines.subtotal_amount / nullif(lines.quantity, 0)',
            'updated_at': 'lines.updated_at',
        }) }}
    from lines
    where lines.known_id is not null
)

select * from final
