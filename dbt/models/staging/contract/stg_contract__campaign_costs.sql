-- One row is a cost entry as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__campaign_costs') }}
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
        cost_id,
        campaign_id,
        partner_id,

        -- spend
        spent_on,
        cost_type,
        marketing_channel,
        amount,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
