-- One row: a tier given by hand, with the reason and the days it holds, that began until as_of.
select
    -- keys
    facts.tier_grant_key,
    facts.channel,
    facts.grant_id,
    identity.member_id,
    facts.record_key,
    facts.tier_code,

    -- course
    facts.starts_on,
    facts.ends_on,
    facts.reason
from {{ ref('cfm_tier_grants') }} as facts
left join {{ ref('member_identity') }} as identity on facts.record_key = identity.record_key
where facts.starts_on <= {{ as_of() }}
