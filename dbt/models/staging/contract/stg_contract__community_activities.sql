-- One row is an activity of a customer in a community as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__community_activities') }}
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
        activity_id,
        community_id,
        customer_id,

        -- activity
        activity_type,
        occurred_at,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
