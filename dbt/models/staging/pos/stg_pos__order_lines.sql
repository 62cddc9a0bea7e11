-- One row is a line of a ticket: pieces, or goods by weight. A rounding line is no product.

with words as (
    {{ vocabulary_words('order_lines', 'line_type', 'pos') }}
),

lines as (
    select
        source.*,
        coalesce(words.canonical_word, 'item') as line_kind
    from {{ source('raw', 'pos__ticket_lines') }} as source
    left join words on lower(source.line_type) = words.delivered_word
),

final as (
    select
        {{ staged_columns('order_lines', 'lines', {
            'order_id': 'lines.ticket_no',
            'line_no': 'lines.line_no',
            'product_id': "case when lines.line_kind = 'item' then lines.product_id end",
            'quantity': 'lines.quantity',
            'unit_price': 'lines.unit_price',
            'discount_amount': 'lines.discount_amount',
            'line_amount': 'lines.line_amount',
            'updated_at': 'lines.sold_at',
        }) }}
    from lines
)

select * from final
