-- One row is a message to one customer as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__touches') }}
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
        touch_id,
        campaign_id,
        customer_id,

        -- message
        contact_channel,
        variant,
        is_control,
        automated,

        -- course
        sent_at,
        touch_delivered_at,
        opened_at,
        clicked_at,
        bounced_at,
        unsubscribed_at,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
