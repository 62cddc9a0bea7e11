-- One row is a line of an order as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__order_lines') }}
),

renamed as (
    select
        -- delivery
        channel,
        batch_id,
        delivered_at,
        delivery_file,
        file_row,

        -- ids
        order_id,
        line_no,
        product_id,

        -- measures
        quantity,
        unit_price,
        discount_amount,
        line_amount,

        -- version
        updated_at
    from source
)

select * from renamed
