-- One row: a request to customer service opened until as_of, and its course until then.
select
    -- keys
    facts.service_ticket_key,
    facts.channel,
    facts.ticket_id,
    identity.member_id,
    facts.record_key,

    -- course
    facts.contact_channel,
    facts.handled_by,
    facts.topic,
    coalesce(facts.is_complaint, false) as is_complaint,
    facts.opened_at,
    {{ business_date('facts.opened_at') }} as opened_on,
    {{ until_as_of('facts.first_reply_at') }} as first_reply_at,
    {{ until_as_of('facts.closed_at') }} as closed_at,
    coalesce(facts.resolved and facts.closed_at < {{ as_of_end() }}, false) as is_resolved
from {{ ref('cfm_service_tickets') }} as facts
left join {{ ref('member_identity') }} as identity on facts.record_key = identity.record_key
where facts.opened_at < {{ as_of_end() }}
