-- One row is an item of a trade, exactly as many as were delivered. A line is known by its own
-- number (the sub-order), in older exports by its place among the items of the trade.

with source as (
    select * from {{ source('raw', 'tmall__trade_items') }}
),

final as (
    select
        source.*,
        coalesce(source.item_line_id, cast(
            row_number() over (
                partition by source.channel, source.batch_id, source.trade_id
                order by source.file_row asc nulls last
            ) as varchar
        )) as line_no,
        coalesce(source.merchant_code, source.outer_id, source.title) as product_id,
        {{ money('source.quantity * source.unit_price') }} as goods_amount,
        greatest(source.created_at, source.paid_at) as updated_at
    from source
)

select * from final
