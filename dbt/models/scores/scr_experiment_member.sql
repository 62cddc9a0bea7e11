-- One row: a member assigned in an experiment, the variant, and from when to when what the member
-- does counts. A member with records in two variants has no variant and no such time.
with assigned as (
    select
        experiment_key,
        member_id,
        count(distinct variant) as variants,
        min(variant) as first_variant,
        min(exposed_at) as exposed_at
    from {{ ref('fct_assignment') }}
    where member_id is not null
    group by experiment_key, member_id
),

final as (
    select
        assigned.experiment_key,
        assigned.member_id,
        case when assigned.variants = 1 then assigned.first_variant end as variant,
        case when assigned.variants = 1 then assigned.exposed_at end as counts_from,
        case
            when assigned.variants = 1 and assigned.exposed_at is not null
                then least(
                    {{ dbt.dateadd('day', 'rules.outcome_days', 'assigned.exposed_at') }},
                    coalesce(experiments.ends_at, {{ as_of_end() }}),
                    {{ as_of_end() }}
                )
        end as counts_until
    from assigned
    inner join {{ ref('dim_experiment') }} as experiments
        on assigned.experiment_key = experiments.experiment_key
    cross join {{ ref('experiment_rules') }} as rules
)

select * from final
