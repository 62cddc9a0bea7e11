-- One row is a store of a channel as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__stores') }}
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
        store_id,

        -- attributes
        name,
        province,
        city,
        opened_on,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
