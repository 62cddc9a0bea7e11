-- One row: a main effect or an interaction of a factorial experiment on a metric.
select
    effects.experiment_key,
    experiments.name as experiment_name,
    effects.metric,
    effects.effect,
    effects.contrast,
    effects.difference,
    effects.ci_low,
    effects.ci_high,
    effects.p_value,
    effects.p_adjusted,
    coalesce(least(checks.srm_p_value, checks.exposure_srm_p_value) < rules.srm_alpha, false)
        as is_withheld
from {{ source('scores', 'scr_experiment_effect') }} as effects
inner join {{ ref('dim_experiment') }} as experiments
    on effects.experiment_key = experiments.experiment_key
inner join {{ source('scores', 'scr_experiment_check') }} as checks
    on effects.experiment_key = checks.experiment_key
cross join {{ ref('experiment_rules') }} as rules
