-- One row is a line of a trade. What it pays less than its goods cost is its discount; the
-- merchant's own code of the product outranks the shop's.

with lines as (
    select * from {{ source('raw', 'youzan__trade_lines') }}
),

final as (
    select
        {{ staged_columns('order_lines', 'lines', {
            'order_id': 'lines.trade_id',
            'line_no': 'lines.line_id',
            'product_id': 'coalesce(lines.outer_item_id, lines.item_id)',
            'quantity': 'lines.quantity',
            'unit_price': 'lines.unit_price',
            'discount_amount': 'lines.goods_amount - lines.paid_amount',
            'line_amount': 'coalesce(lines.paid_amount, lines.goods_amount)',
            'updated_at': 'lines.updated_at',
        }) }}
    from lines
)

select * from final
