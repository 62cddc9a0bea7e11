-- One row is a customer in one file: the set knows no more of a customer than the id and the
-- country, which stands in for the province.

with lines as (
    select * from {{ ref('stg_online_retail__invoice_lines') }}
    where customer_id is not null
),

customers as (
    select
        channel,
        batch_id,
        delivered_at,
        delivery_file,
        max(file_row) as file_row,
        customer_id,
        max(country) as country,
        max(invoiced_at) as updated_at
    from lines
    group by channel, batch_id, delivered_at, delivery_file, customer_id
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
        customer_id,

        -- identifiers, as tokens
        cast(null as varchar) as name_token,
        cast(null as varchar) as nickname_token,
        cast(null as varchar) as phone_token,
        cast(null as varchar) as phone_hint_token,
        cast(null as varchar) as phone_masked,
        cast(null as varchar) as phone_status,
        cast(null as boolean) as phone_verified,
        cast(null as varchar) as email_token,
        cast(null as varchar) as email_match_token,
        cast(null as varchar) as email_status,
        cast(null as varchar) as wechat_unionid_token,
        cast(null as varchar) as wechat_openid_token,
        cast(null as varchar) as card_no_token,
        cast(null as varchar) as device_id_token,
        cast(null as varchar) as marketplace_id_token,

        -- person
        cast(null as varchar) as gender,
        cast(null as varchar) as birth_date_token,
        cast(null as integer) as birth_year,
        cast(null as integer) as birth_month,
        country as province,
        cast(null as varchar) as city,
        cast(null as varchar) as district,
        cast(null as varchar) as address_token,
        cast(null as varchar) as postcode,

        -- registration
        cast(null as timestamp) as registered_at,
        cast(null as varchar) as registration_source,

        -- version
        updated_at
    from customers
)

select * from renamed
