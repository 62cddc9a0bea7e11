-- One row is a value of one type of identifier that a record shows, with all its sightings.
-- It is not a link: whether the value joins anything is in idn_link.
-- Values a record states itself (is_own) are told apart from contacts on its orders and events,
-- which may be another person's.

{%- set of_customers = {
    'unionid': 'wechat_unionid_token',
    'openid': 'wechat_openid_token',
    'marketplace_id': 'marketplace_id_token',
    'card_no': 'card_no_token',
    'email': 'email_match_token',
    'phone': 'phone_token',
    'device_id': 'device_id_token',
} %}

{%- set of_orders = ['unionid', 'openid', 'card_no', 'email', 'phone'] %}

with customers as (

    select
        c.*,
        coalesce(c.registered_at, c.updated_at) as seen_from,
        coalesce({{ until_as_of('c.updated_at') }}, c.registered_at) as seen_until
    from {{ ref('cfm_customers') }} as c
    inner join {{ ref('idn_record') }} as r on c.record_key = r.record_key
    where r.record_type = 'customer'

),

orders as (

    select * from {{ ref('cfm_orders') }}
    where record_key is not null and ordered_at < {{ as_of_end() }}

),

shown as (

    {% for identifier_type, token in of_customers.items() %}
    select
        record_key,
        '{{ identifier_type }}' as identifier_type,
        {{ token }} as token,
        true as is_own,
        {{ 'coalesce(phone_verified, false)' if identifier_type == 'phone' else 'false' }}
            as is_verified,
        seen_from,
        seen_until,
        1 as sightings
    from customers

    union all

    {% endfor %}
    {% for identifier_type in of_orders %}
    select
        record_key,
        '{{ identifier_type }}' as identifier_type,
        {{ of_customers[identifier_type] }} as token,
        customer_id is null as is_own,
        false as is_verified,
        ordered_at,
        ordered_at,
        1 as sightings
    from orders

    union all

    {% endfor %}
    select
        record_key,
        'device_id' as identifier_type,
        device_id_token as token,
        false as is_own,
        false as is_verified,
        occurred_at,
        occurred_at,
        1 as sightings
    from {{ ref('cfm_events') }}
    where record_key is not null and occurred_at < {{ as_of_end() }}

),

final as (

    select
        record_key,
        identifier_type,
        token,
        bool_or(is_own) as is_own,
        bool_or(is_verified) as is_verified,
        min(seen_from) as first_seen_at,
        max(seen_until) as last_seen_at,
        cast(sum(sightings) as bigint) as sightings
    from shown
    where token is not null
    group by record_key, identifier_type, token

)

select * from final
