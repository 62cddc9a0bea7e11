-- One row is a referral as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__referrals') }}
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
        referral_id,
        referrer_customer_id,
        referred_customer_id,
        code,

        -- course
        referred_at,

        -- version
        cast(null as timestamp) as updated_at
    from source
)

select * from renamed
