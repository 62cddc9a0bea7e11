-- One row is a decision about two records as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__identity_overrides') }}
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
        override_id,
        left_channel,
        left_customer_id,
        right_channel,
        right_customer_id,

        -- decision
        lower(action) as action,
        reason,
        decided_at,

        -- version
        decided_at as updated_at
    from source
)

select * from renamed
