-- One row: a member that exists at as_of, with the best known value of each attribute and the
-- channel it comes from. A member is no account: its records are in member_identity.
with records as (
    {{ stated_values() }}
),

members as (
    select
        member_id,
        min(valid_from) as first_seen_at,
        count(distinct channel) as channel_count,
        count(*) as record_count
    from records
    group by member_id
),

{{ golden_value(
    'registrations', 'registration', ['registered_at'], 'records', stated_at='registered_at'
) }},

{{ golden_value('genders', 'gender', ['gender'], 'records') }},

{{ golden_value('births', 'birth', ['birth_year', 'birth_month'], 'records') }},

{{ golden_value('regions', 'region', ['province', 'city'], 'records') }},

{{ golden_value('phones', 'phone', ['phone_masked'], 'records', 'is_phone_verified') }},

contacts as (
    select
        records.member_id,
        max(case when identifiers.identifier_type = 'phone' then 1 else 0 end) as phones,
        max(case when identifiers.identifier_type = 'email' then 1 else 0 end) as emails,
        max(case when identifiers.identifier_type in ('unionid', 'openid') then 1 else 0 end)
            as wechats
    from {{ ref('idn_identifier') }} as identifiers
    inner join records on identifiers.record_key = records.record_key
    where identifiers.is_own
    group by records.member_id
),

consents as (
    select
        member_id,
        {{ string_list('contact_channel', 'contact_channel asc nulls last') }}
            as marketing_channels
    from {{ ref('fct_consent') }}
    where is_current and is_granted and purpose = 'marketing'
    group by member_id
),

buyers as (
    select distinct member_id from {{ ref('fct_order') }}
    where is_valid
),

final as (
    select
        members.member_id,
        members.first_seen_at,
        {{ business_date('registrations.registered_at') }} as registered_on,
        registrations.source_channel as registration_channel,
        coalesce(genders.gender, 'U') as gender,
        genders.source_channel as gender_channel,
        births.birth_year,
        births.birth_month,
        births.source_channel as birth_channel,
        age_bands.age_band,
        age_bands.age_band_zh,
        regions.province,
        regions.city,
        regions.source_channel as region_channel,
        phones.phone_masked,
        phones.source_channel as phone_channel,
        coalesce(contacts.phones, 0) = 1 as has_phone,
        coalesce(contacts.emails, 0) = 1 as has_email,
        coalesce(contacts.wechats, 0) = 1 as has_wechat,
        consents.marketing_channels,
        members.channel_count,
        members.record_count,
        buyers.member_id is not null as is_buyer
    from members
    left join registrations on members.member_id = registrations.member_id
    left join genders on members.member_id = genders.member_id
    left join births on members.member_id = births.member_id
    left join {{ ref('member_rules') }} as age_bands
        on extract(year from {{ as_of() }}) - births.birth_year
            between age_bands.age_from and age_bands.age_to
    left join regions on members.member_id = regions.member_id
    left join phones on members.member_id = phones.member_id
    left join contacts on members.member_id = contacts.member_id
    left join consents on members.member_id = consents.member_id
    left join buyers on members.member_id = buyers.member_id
)

select * from final
