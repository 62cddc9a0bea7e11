-- One row: a member and an attribute somebody states for them: whose statement was chosen.
-- It holds no value: dim_member has what may be shown, the vault what is personal.
{%- set attributes = [
    ('registration', 'registered_at', 'false', 'registered_at'),
    ('gender', 'gender', 'false', 'updated_at'),
    ('birth', 'birth_year', 'false', 'updated_at'),
    ('region', 'province', 'false', 'updated_at'),
    ('phone', 'phone_masked', 'is_phone_verified', 'updated_at'),
    ('email', 'email_token', 'false', 'updated_at'),
    ('name', 'name_token', 'false', 'updated_at'),
    ('address', 'address_token', 'false', 'updated_at'),
] %}

with records as (
    {{ stated_values() }}
),

stated as (
    {% for attribute, value, verified, stated_at in attributes %}
    select
        member_id,
        record_key,
        channel,
        source_priority,
        updated_at,
        '{{ attribute }}' as attribute,
        cast({{ value }} as varchar) as stated_value,
        {{ verified }} as is_verified,
        {{ stated_at }} as stated_at
    from records
    where {{ value }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

ranked as (
    select
        stated.*,
        row_number() over (
            partition by stated.member_id, stated.attribute
            order by
                {{ golden_order('is_verified', 'stated_at') }}
        ) as choice
    from stated
    inner join {{ ref('golden_rules') }} as rules on stated.attribute = rules.attribute
),

counted as (
    select
        member_id,
        attribute,
        count(*) as candidate_count,
        count(distinct stated_value) as value_count
    from stated
    group by member_id, attribute
),

final as (
    select
        ranked.member_id,
        ranked.attribute,
        ranked.channel as source_channel,
        ranked.record_key as source_record_key,
        ranked.updated_at as observed_at,
        ranked.is_verified,
        counted.candidate_count,
        counted.value_count
    from ranked
    inner join counted
        on ranked.member_id = counted.member_id and ranked.attribute = counted.attribute
    where ranked.choice = 1
)

select * from final
