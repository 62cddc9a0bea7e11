-- One row is an answer to a survey as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__surveys') }}
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
        response_id,
        customer_id,

        -- answer
        survey_type,
        subject,
        score,
        reason,
        has_comment,

        -- course
        asked_at,
        answered_at,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
