-- One row is a customer record as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__customers') }}
),

gender_words as (
    {{ vocabulary_words('customers', 'gender', 'contract') }}
),

renamed as (
    select
        -- delivery
        source.channel,
        source.batch_id,
        source.delivered_at,
        source.delivery_file,
        source.file_row,

        -- ids
        source.customer_id,

        -- identifiers, as tokens
        source.name_token,
        source.nickname_token,
        source.phone_token,
        source.phone_hint_token,
        source.phone_masked,
        source.phone_status,
        source.phone_verified,
        source.email_token,
        source.email_match_token,
        source.email_status,
        source.wechat_unionid_token,
        source.wechat_openid_token,
        source.card_no_token,
        source.device_id_token,
        source.marketplace_id_token,

        -- person
        coalesce(gender_words.canonical_word, source.gender) as gender,
        source.birth_date_token,
        source.birth_year,
        source.birth_month,
        source.province,
        source.city,
        source.district,
        source.address_token,
        source.postcode,

        -- registration
        source.registered_at,
        source.registration_source,

        -- version
        source.updated_at
    from source
    left join gender_words on lower(source.gender) = gender_words.delivered_word
)

select * from renamed
