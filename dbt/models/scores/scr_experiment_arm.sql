-- One row: an experiment and a variant somebody is in, what was planned, and how many members got
-- it. Members in two variants are in none.
select
    members.experiment_key,
    members.variant,
    experiments.control_variant,
    experiments.planned_split,
    experiments.factors,
    count(*) as assigned_members,
    count(members.counts_from) as exposed_members
from {{ ref('scr_experiment_member') }} as members
inner join {{ ref('dim_experiment') }} as experiments
    on members.experiment_key = experiments.experiment_key
where members.variant is not null
group by
    members.experiment_key, members.variant, experiments.control_variant,
    experiments.planned_split, experiments.factors
