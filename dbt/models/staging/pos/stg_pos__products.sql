-- One row is a product as a line of a ticket names it; the newest line's name will stand.

with words as (
    {{ vocabulary_words('order_lines', 'line_type', 'pos') }}
),

lines as (
    select source.*
    from {{ source('raw', 'pos__ticket_lines') }} as source
    left join words on lower(source.line_type) = words.delivered_word
    where source.product_id is not null and coalesce(words.canonical_word, 'item') = 'item'
),

final as (
    select
        {{ staged_columns('products', 'lines', {
            'product_id': 'lines.product_id',
            'name': 'lines.name',
            'category': 'lines.category',
            'list_price': 'lines.unit_price',
            'updated_at': 'lines.sold_at',
        }) }}
    from lines
)

select * from final
