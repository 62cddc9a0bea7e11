-- One row: a customer record assigned to a variant of an experiment until as_of. It is no member:
-- a member with two records may stand here twice, even in two variants.
select
    -- keys
    facts.assignment_key,
    facts.channel,
    identity.member_id,
    facts.record_key,
    facts.experiment_id,
    {{ referenced_key('experiments.experiment_key', 'facts.channel', 'facts.experiment_id') }}
        as experiment_key,

    -- course
    facts.variant,
    facts.assigned_at,
    {{ business_date('facts.assigned_at') }} as assigned_on,
    {{ until_as_of('facts.exposed_at') }} as exposed_at
from {{ ref('cfm_assignments') }} as facts
left join {{ ref('member_identity') }} as identity on facts.record_key = identity.record_key
left join {{ ref('cfm_experiment_reference') }} as experiments
    on facts.channel = experiments.channel and facts.experiment_id = experiments.experiment_id
where facts.assigned_at < {{ as_of_end() }}
