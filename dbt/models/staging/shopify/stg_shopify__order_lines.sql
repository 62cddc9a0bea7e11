-- One row is a line of an order, numbered by its place among the rows of the order.

with lines as (
    select * from {{ ref('stg_shopify__order_rows') }}
    where line_quantity is not null
),

final as (
    select
        {{ staged_columns('order_lines', 'lines', {
            'order_id': 'lines.order_name',
            'line_no': 'lines.line_no',
            'product_id': 'lines.product_id',
            'quantity': 'lines.line_quantity',
            'unit_price': 'lines.line_price',
            'discount_amount': 'lines.line_discount',
            'line_amount': money('lines.line_quantity * lines.line_price')
                ~ ' - coalesce(lines.line_discount, 0)',
            'updated_at': 'lines.updated_at',
        }) }}
    from lines
)

select * from final
