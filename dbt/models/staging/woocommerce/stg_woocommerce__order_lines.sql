-- One row is a line of an order, without tax. The SKU names a product over all channels; without
-- one the variation does, else the product.

with lines as (
    select * from {{ source('raw', 'woocommerce__order_lines') }}
),

final as (
    select
        {{ staged_columns('order_lines', 'lines', {
            'order_id': 'lines.order_id',
            'line_no': 'lines.line_id',
            'product_id':
                "coalesce(lines.sku, nullif(lines.variation_id, '0'), lines.product_id)",
            'quantity': 'lines.quantity',
            'unit_price': 'lines.subtotal_amount / nullif(lines.quantity, 0)',
            'discount_amount': 'lines.subtotal_amount - lines.line_amount',
            'line_amount': 'lines.line_amount',
            'updated_at': 'lines.updated_at',
        }) }}
    from lines
)

select * from final
