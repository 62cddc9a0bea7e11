-- One row: an advocate of a channel: somebody with a following who speaks for the brand.
-- Not necessarily a member; the channel says who they are, not since when.
select
    -- keys
    facts.advocate_key,
    facts.channel,
    facts.advocate_id,
    identity.member_id,
    facts.record_key,

    -- advocate
    facts.advocate_type,
    facts.platform,
    cast(facts.followers as bigint) as follower_count,
    facts.code,
    {{ money('facts.fee') }} as fee_amount
from {{ ref('cfm_advocates') }} as facts
left join {{ ref('member_identity') }} as identity on facts.record_key = identity.record_key
