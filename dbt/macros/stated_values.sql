{#- A query of what each record of a member states at as_of: its customers row, or a guest's order. -#}
{% macro stated_values() -%}
    select
        identity.member_id,
        identity.record_key,
        identity.channel,
        identity.valid_from,
        channels.source_priority,
        coalesce(customers.updated_at, guests.ordered_at) as updated_at,
        customers.registered_at,
        -- "unknown" is no value
        nullif(customers.gender, 'U') as gender,
        customers.birth_year,
        customers.birth_month,
        customers.province,
        customers.city,
        coalesce(customers.phone_masked, guests.phone_masked) as phone_masked,
        coalesce(customers.phone_verified, false) as is_phone_verified,
        coalesce(customers.email_match_token, guests.email_match_token) as email_token,
        customers.name_token,
        customers.address_token
    from {{ ref('member_identity') }} as identity
    left join {{ ref('dim_channel') }} as channels on identity.channel = channels.channel
    left join {{ ref('cfm_customers') }} as customers
        on identity.record_key = customers.record_key and identity.record_type = 'customer'
    left join {{ ref('cfm_orders') }} as guests
        on identity.record_key = guests.record_key and identity.record_type = 'guest'
{%- endmacro %}
