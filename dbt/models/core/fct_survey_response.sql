-- One row: an answer to a survey given until as_of.
select
    -- keys
    facts.survey_response_key,
    facts.channel,
    facts.response_id,
    identity.member_id,
    facts.record_key,

    -- course
    facts.survey_type,
    facts.subject,
    facts.reason,
    facts.asked_at,
    facts.answered_at,
    {{ business_date('facts.answered_at') }} as answered_on,

    -- measures
    facts.score,
    facts.has_comment
from {{ ref('cfm_surveys') }} as facts
left join {{ ref('member_identity') }} as identity on facts.record_key = identity.record_key
where facts.answered_at < {{ as_of_end() }}
