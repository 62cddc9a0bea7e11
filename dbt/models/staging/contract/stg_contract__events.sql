-- One row is an event as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__events') }}
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
        event_id,
        customer_id,
        device_id_token,
        session_id,
        product_id,

        -- what and when
        event_type,
        occurred_at,
        page,
        platform,
        has_properties,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
