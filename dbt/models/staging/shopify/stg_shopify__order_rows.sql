-- One row is a row of an order export: a line of an order, or an order without lines.
-- Only the first row of an order says what the order is (is_order); the others are its lines.

with source as (
    select * from {{ source('raw', 'shopify__order_rows') }}
),

final as (
    select
        source.*,
        source.total_amount is not null as is_order,
        cast(
            row_number() over (
                partition by source.channel, source.batch_id, source.order_name
                order by source.file_row asc nulls last
            ) as varchar
        ) as line_no,
        coalesce(source.line_sku, source.line_name) as product_id,
        greatest(
            source.created_at, source.paid_at, source.fulfilled_at, source.cancelled_at
        ) as updated_at
    from source
)

select * from final
