-- One row: a version of a member: the tracked attributes from valid_from (included) to valid_to
-- (not included), chosen among the member's records as in dim_member. It is no history of identity:
-- records count for the member they belong to now. A delivery that comes late takes its place.
{%- set golden = {
    'registrations': ['registration', ['registered_at'], 'registered_at'],
    'genders': ['gender', ['gender'], 'updated_at'],
    'births': ['birth', ['birth_year'], 'updated_at'],
    'regions': ['region', ['province', 'city'], 'updated_at'],
} %}
{%- set tracked = [
    'registered_on', 'registration_channel', 'gender', 'birth_year', 'province', 'city',
    'has_phone', 'has_email', 'has_wechat', 'is_phone_verified', 'channel_count',
    'marketing_channels',
] %}

with records as (
    select
        identity.*,
        channels.source_priority,
        coalesce(identity.valid_from, cast('1900-01-01' as timestamp)) as seen_from
    from {{ ref('member_identity') }} as identity
    left join {{ ref('dim_channel') }} as channels on identity.channel = channels.channel
),

versions as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by record_key
                order by updated_at asc nulls first, version_key asc nulls last
            ) as version_number
        from {{ ref('cfm_customer_versions') }}
    ) as numbered
    where version_number = 1 or updated_at < {{ as_of_end() }}
),

spans as (
    {{ record_spans() }}
),

consents as (
    select *
    from {{ ref('fct_consent') }}
    where purpose = 'marketing'
),

moments as (
    select member_id, spans_from as valid_from
    from spans
    union
    select member_id, valid_from
    from consents
),

states as (
    select moments.valid_from, spans.*
    from moments
    inner join spans
        on moments.member_id = spans.member_id
        and moments.valid_from >= spans.spans_from
        and (moments.valid_from < spans.spans_to or spans.spans_to is null)
),

{%- for name, (attribute, columns, stated_at) in golden.items() %}

{{ golden_value(
    name, attribute, columns, 'states', stated_at=stated_at, keys=['member_id', 'valid_from']
) }},
{%- endfor %}

contacts as (
    select
        member_id,
        valid_from,
        bool_or(has_phone) as has_phone,
        bool_or(has_email) as has_email,
        bool_or(has_wechat) as has_wechat,
        bool_or(is_phone_verified) as is_phone_verified,
        count(distinct channel) as channel_count
    from states
    group by member_id, valid_from
),

agreed as (
    select
        moments.member_id,
        moments.valid_from,
        {{ string_list('consents.contact_channel', 'consents.contact_channel asc nulls last') }}
            as marketing_channels
    from moments
    inner join consents
        on moments.member_id = consents.member_id
        and moments.valid_from >= consents.valid_from
        and (moments.valid_from < consents.valid_to or consents.valid_to is null)
    where consents.is_granted
    group by moments.member_id, moments.valid_from
),

known as (
    select
        contacts.*,
        {{ business_date('registrations.registered_at') }} as registered_on,
        registrations.source_channel as registration_channel,
        coalesce(genders.gender, 'U') as gender,
        births.birth_year,
        regions.province,
        regions.city,
        agreed.marketing_channels
    from contacts
    left join agreed
        on contacts.member_id = agreed.member_id and contacts.valid_from = agreed.valid_from
    {%- for name in golden %}
    left join {{ name }}
        on contacts.member_id = {{ name }}.member_id
        and contacts.valid_from = {{ name }}.valid_from
    {%- endfor %}
),

compared as (
    select
        *,
        row_number() over by_time = 1
        {%- for column in tracked %}
        or {{ column }} is distinct from lag({{ column }}) over by_time
        {%- endfor %} as is_change
    from known
    window by_time as (partition by member_id order by valid_from asc nulls last)
),

final as (
    select
        member_id,
        row_number() over by_time as version_number,
        valid_from,
        lead(valid_from) over by_time as valid_to,
        lead(valid_from) over by_time is null as is_current,
        {{ tracked | join(',\n        ') }}
    from compared
    where is_change
    window by_time as (partition by member_id order by valid_from asc nulls last)
)

select * from final
