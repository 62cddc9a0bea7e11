-- One row is an item of a trade; what it takes less than its price is its discount.

with items as (
    select * from {{ ref('stg_tmall__trade_items') }}
),

final as (
    select
        {{ staged_columns('order_lines', 'items', {
            'order_id': 'items.trade_id',
            'line_no': 'items.line_no',
            'product_id': 'items.product_id',
            'quantity': 'items.quantity',
            'unit_price': 'items.unit_price',
            'discount_amount': 'items.goods_amount - items.due_amount',
            'line_amount': 'coalesce(items.due_amount, items.goods_amount)',
            'updated_at': 'items.updated_at',
        }) }}
    from items
)

select * from final
