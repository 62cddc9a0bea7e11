-- One row: an experiment as a channel describes it. Its times are a plan and may lie after as_of.
select
    -- keys
    experiment_key,
    channel,
    experiment_id,

    -- what it is
    name,
    unit,
    metric,
    control_variant,
    planned_split,
    factors,

    -- plan
    starts_at,
    {{ business_date('starts_at') }} as starts_on,
    ends_at,
    {{ business_date('ends_at') }} as ends_on
from {{ ref('cfm_experiments') }}
where updated_at is null or updated_at < {{ as_of_end() }}
