-- One row is a record that exists at as_of: a customer of one channel, delivered as such
-- ('customer') or only named by what they did ('mention'), or the buyer of one order without
-- an account ('guest').
-- It is not a person: idn_member_record says which records are one member.

{%- set mentions = [
    ('cfm_orders', 'record_key', 'customer_id', 'ordered_at'),
    ('cfm_refunds', 'record_key', 'customer_id', 'refunded_at'),
    ('cfm_events', 'record_key', 'customer_id', 'occurred_at'),
    ('cfm_points_entries', 'record_key', 'customer_id', 'occurred_at'),
    ('cfm_coupons', 'record_key', 'customer_id', 'issued_at'),
    ('cfm_touches', 'record_key', 'customer_id', 'sent_at'),
    ('cfm_surveys', 'record_key', 'customer_id', 'answered_at'),
    ('cfm_referrals', 'referrer_record_key', 'referrer_customer_id', 'referred_at'),
    ('cfm_referrals', 'referred_record_key', 'referred_customer_id', 'referred_at'),
    ('cfm_contents', 'record_key', 'customer_id', 'created_at'),
    ('cfm_community_activities', 'record_key', 'customer_id', 'occurred_at'),
    ('cfm_community_members', 'record_key', 'customer_id', 'joined_at'),
    ('cfm_benefit_grants', 'record_key', 'customer_id', 'granted_at'),
    ('cfm_service_tickets', 'record_key', 'customer_id', 'opened_at'),
    ('cfm_tier_grants', 'record_key', 'customer_id', business_day_start('starts_on')),
    ('cfm_consents', 'record_key', 'customer_id', 'changed_at'),
    ('cfm_advocates', 'record_key', 'customer_id', none),
    ('cfm_assignments', 'record_key', 'customer_id', 'assigned_at'),
] %}

with sightings as (

    select
        record_key,
        channel,
        customer_id,
        true as is_customer,
        coalesce(registered_at, updated_at) as first_seen_at,
        coalesce({{ until_as_of('updated_at') }}, registered_at) as last_seen_at
    from {{ ref('cfm_customers') }}
    where
        coalesce(registered_at, updated_at) < {{ as_of_end() }}
        or coalesce(registered_at, updated_at) is null

    {% for model, record_key, customer_id, seen_at in mentions %}
    union all

    -- {{ model }}{{ '' if seen_at else ': it gives no time' }}
    select
        {{ record_key }},
        channel,
        {{ customer_id }},
        false as is_customer,
        {{ 'min(' ~ seen_at ~ ')' if seen_at else 'cast(null as timestamp)' }} as first_seen_at,
        {{ 'max(' ~ seen_at ~ ')' if seen_at else 'cast(null as timestamp)' }} as last_seen_at
    from {{ ref(model) }}
    where {{ record_key }} is not null
    {%- if seen_at %} and {{ seen_at }} < {{ as_of_end() }}{% endif %}
    group by {{ record_key }}, channel, {{ customer_id }}

    {% endfor %}
),

final as (

    select
        record_key,
        channel,
        customer_id,
        case
            when bool_or(is_customer) then 'customer'
            when customer_id is null then 'guest'
            else 'mention'
        end as record_type,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from sightings
    group by record_key, channel, customer_id

)

select * from final
