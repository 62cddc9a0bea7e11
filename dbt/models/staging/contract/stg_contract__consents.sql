-- One row is a change of one consent of a customer as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__consents') }}
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
        customer_id,

        -- consent
        purpose,
        contact_channel,
        changed_at,
        granted,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
