-- One row: a benefit granted to a customer until as_of, and its use until then.
select
    -- keys
    facts.benefit_grant_key,
    facts.channel,
    facts.grant_id,
    identity.member_id,
    facts.record_key,
    facts.benefit_code,

    -- course
    facts.granted_at,
    {{ business_date('facts.granted_at') }} as granted_on,
    {{ until_as_of('facts.used_at') }} as used_at,

    -- measures
    facts.cost as cost_amount
from {{ ref('cfm_benefit_grants') }} as facts
left join {{ ref('member_identity') }} as identity on facts.record_key = identity.record_key
where facts.granted_at < {{ as_of_end() }}
