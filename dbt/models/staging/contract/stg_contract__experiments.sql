-- One row is an experiment as a channel of the landing contract described it; a re-delivery is a
-- further row.

with source as (
    select * from {{ source('raw', 'contract__experiments') }}
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

        -- plan
        name,
        unit,
        starts_at,
        ends_at,
        metric,
        control_variant,
        planned_split,
        factors,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
