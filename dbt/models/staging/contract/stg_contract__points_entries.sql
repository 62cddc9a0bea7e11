-- One row is an entry of the points ledger as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__points_entries') }}
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
        entry_id,
        customer_id,
        order_id,

        -- movement
        occurred_at,
        entry_type,
        reason,
        points,
        expires_at,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
