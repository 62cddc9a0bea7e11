-- One row: a customer's membership of a community that began until as_of.
-- Who left and came back has one row: the newest delivered.
select
    -- keys
    facts.community_membership_key,
    facts.channel,
    facts.community_id,
    facts.community_key,
    identity.member_id,
    facts.record_key,

    -- course
    facts.community_name,
    facts.platform,
    facts.joined_at,
    {{ business_date('facts.joined_at') }} as joined_on,
    {{ until_as_of('facts.left_at') }} as left_at,
    {{ business_date(until_as_of('facts.left_at')) }} as left_on,
    coalesce(facts.left_at >= {{ as_of_end() }}, true) as is_inside
from {{ ref('cfm_community_members') }} as facts
left join {{ ref('member_identity') }} as identity on facts.record_key = identity.record_key
where facts.joined_at < {{ as_of_end() }}
