-- One row is a refund as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__refunds') }}
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
        refund_id,
        order_id,
        customer_id,
        line_no,

        -- course
        refunded_at,
        reason,

        -- measures
        amount,
        quantity,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
