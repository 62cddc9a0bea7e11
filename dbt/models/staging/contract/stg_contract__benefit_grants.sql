-- One row is a benefit granted to a customer as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__benefit_grants') }}
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
        benefit_code,
        granted_at,
        used_at,
        cost,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
