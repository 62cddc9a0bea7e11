-- One row: an audience and a member it holds at as_of, with the reason. Who asked to be forgotten
-- is in none. It is no list of people to contact: an export leaves out who does not agree, was
-- contacted often enough or is held out.
-- The conditions of audience_rules.csv are compiled in; the table they look at:
-- depends_on: {{ ref('member_profile') }}
with holders as (
    {%- for audience in var('audiences', []) %}
    {{ audience_holders(audience) }}
    union all
    {%- endfor %}
    select
        cast(null as varchar) as audience_code,
        cast(null as varchar) as member_id,
        cast(null as varchar) as reason,
        cast(null as date) as since_on
),

erased as (
    select distinct member_id
    from {{ ref('fct_erasure_request') }}
    where member_id is not null
),

agreed as (
    select
        member_id,
        purpose,
        contact_channel
    from {{ ref('fct_consent') }}
    where is_current and is_granted
),

final as (
    select
        holders.audience_code,
        holders.member_id,
        rules.audience_zh,
        rules.purpose,
        rules.contact_channel,
        agreed.member_id is not null as has_consent,
        coalesce(holders.reason, rules.audience) as reason,
        coalesce(holders.since_on, {{ as_of() }}) as since_on,
        rules.priority
    from holders
    inner join {{ ref('audience_rules') }} as rules
        on holders.audience_code = rules.audience_code
    left join agreed
        on holders.member_id = agreed.member_id
        and rules.purpose = agreed.purpose
        and rules.contact_channel = agreed.contact_channel
    left join erased on holders.member_id = erased.member_id
    where erased.member_id is null
)

select * from final
