-- One row: something a customer did in a community until as_of.
select
    -- keys
    facts.community_activity_key,
    facts.channel,
    facts.activity_id,
    identity.member_id,
    facts.record_key,
    facts.community_id,

    -- course
    facts.activity_type,
    facts.occurred_at,
    {{ business_date('facts.occurred_at') }} as occurred_on
from {{ ref('cfm_community_activities') }} as facts
left join {{ ref('member_identity') }} as identity on facts.record_key = identity.record_key
where facts.occurred_at < {{ as_of_end() }}
