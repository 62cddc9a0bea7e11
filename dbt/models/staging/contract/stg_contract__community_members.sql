-- One row is a customer's membership of a community as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__community_members') }}
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
        community_id,
        customer_id,

        -- membership
        community_name,
        platform,
        joined_at,
        left_at,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
