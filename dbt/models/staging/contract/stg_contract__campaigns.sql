-- One row is a campaign of a channel as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__campaigns') }}
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
        campaign_id,
        partner_id,

        -- plan
        name,
        theme,
        objective,
        campaign_channel,
        budget,
        kpi_name,
        kpi_target,

        -- phases
        prepare_at,
        promote_at,
        starts_at,
        ends_at,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
