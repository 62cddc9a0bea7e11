-- One row: a recommendation made until as_of by one member to another.
select
    -- keys
    facts.referral_key,
    facts.channel,
    facts.referral_id,
    referrer.member_id as referrer_member_id,
    referred.member_id as referred_member_id,
    facts.referrer_record_key,
    facts.referred_record_key,
    facts.code,

    -- course
    facts.referred_at,
    {{ business_date('facts.referred_at') }} as referred_on
from {{ ref('cfm_referrals') }} as facts
left join {{ ref('member_identity') }} as referrer
    on facts.referrer_record_key = referrer.record_key
left join {{ ref('member_identity') }} as referred
    on facts.referred_record_key = referred.record_key
where facts.referred_at < {{ as_of_end() }}
