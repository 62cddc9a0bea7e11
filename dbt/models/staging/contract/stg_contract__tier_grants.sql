-- One row is a tier given by hand to a customer as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__tier_grants') }}
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
        grant_id,
        customer_id,

        -- grant
        tier_code,
        starts_on,
        ends_on,
        reason,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
