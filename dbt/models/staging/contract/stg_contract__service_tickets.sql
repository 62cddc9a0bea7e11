-- One row is a service ticket as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__service_tickets') }}
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
        ticket_id,
        customer_id,

        -- ticket
        contact_channel,
        handled_by,
        topic,
        is_complaint,
        resolved,

        -- course
        opened_at,
        first_reply_at,
        closed_at,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
