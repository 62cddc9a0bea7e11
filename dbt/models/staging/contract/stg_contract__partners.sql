-- One row is a partner of a channel as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__partners') }}
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
        partner_id,

        -- attributes
        name,
        partner_type,
        started_on,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
