-- One row is a request of a person to be forgotten as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__erasure_requests') }}
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
        request_id,
        customer_id,

        -- whom it names
        phone_token,
        email_token,
        email_match_token,

        -- course
        requested_at,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
