-- One row is a piece of content as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__contents') }}
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
        content_id,
        customer_id,
        advocate_id,
        product_id,

        -- content
        platform,
        content_type,
        created_at,

        -- reach so far
        likes,
        comments,
        shares,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
