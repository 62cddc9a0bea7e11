-- One row is a customer's assignment to a variant as a channel of the landing contract delivered
-- it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__assignments') }}
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
        experiment_id,
        customer_id,

        -- course
        variant,
        assigned_at,
        exposed_at,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
