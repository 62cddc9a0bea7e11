-- One row is a coupon as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__coupons') }}
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
        coupon_id,
        template_id,
        campaign_id,
        customer_id,
        order_id,

        -- terms
        face_value,
        min_spend,

        -- course
        issued_at,
        received_at,
        used_at,
        expires_at,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
