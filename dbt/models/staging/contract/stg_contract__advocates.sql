-- One row is an advocate as a channel of the landing contract delivered it;
-- a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__advocates') }}
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
        advocate_id,
        customer_id,

        -- advocate
        advocate_type,
        platform,
        followers,
        code,
        fee,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
