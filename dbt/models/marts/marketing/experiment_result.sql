-- One row: an experiment, a metric and a variant: what exposed members did, against the control,
-- and what may be said of it. A split that does not follow the plan gets no verdict.
with excluded as (
    select
        experiment_key,
        count(case when variant is null then member_id end) as two_arm_members
    from {{ ref('scr_experiment_member') }}
    group by experiment_key
),

compared as (
    select
        results.*,
        experiments.name as experiment_name,
        experiments.metric as primary_metric,
        coalesce(experiments.ends_at <= {{ as_of_end() }}, false) as is_over,
        coalesce(experiments.control_variant, min(results.variant) over (
            partition by results.experiment_key
        )) as control_variant,
        arms.assigned_members,
        excluded.two_arm_members,
        checks.srm_p_value,
        checks.exposure_srm_p_value,
        checks.note as split_note,
        rules.alpha,
        least(checks.srm_p_value, checks.exposure_srm_p_value) < rules.srm_alpha as is_broken,
        min(results.members) over (
            partition by results.experiment_key, results.metric
        ) < rules.min_members as is_small
    from {{ source('scores', 'scr_experiment_comparison') }} as results
    inner join {{ ref('dim_experiment') }} as experiments
        on results.experiment_key = experiments.experiment_key
    inner join {{ ref('scr_experiment_arm') }} as arms
        on results.experiment_key = arms.experiment_key and results.variant = arms.variant
    inner join excluded on results.experiment_key = excluded.experiment_key
    inner join {{ source('scores', 'scr_experiment_check') }} as checks
        on results.experiment_key = checks.experiment_key
    cross join {{ ref('experiment_rules') }} as rules
),

final as (
    select
        experiment_key,
        experiment_name,
        metric,
        metric = primary_metric as is_primary,
        variant,
        variant = control_variant as is_control,
        assigned_members,
        members,
        two_arm_members,
        mean,
        deviation,
        difference,
        ci_low,
        ci_high,
        p_value,
        p_adjusted,
        srm_p_value,
        exposure_srm_p_value,
        split_note,
        case
            when is_broken then 'withheld: broken split'
            when variant = control_variant then 'control'
            when not is_over then 'running'
            when is_small then 'too few members'
            when difference is null then 'no control'
            when p_adjusted < alpha and difference > 0 then 'higher'
            when p_adjusted < alpha then 'lower'
            else 'no difference shown'
        end as verdict
    from compared
)

select * from final
