{#- The first moment each member meets the standard of a higher tier: the highest met counts. -#}
{% macro tier_next_upgrades() -%}
with later as (
    select
        states.member_id,
        standing.met_at,
        standing.tier_rank,
        standing.reason,
        case when states.basis_at is null then states.tier_rank else states.safe_rank end
            as safe_rank,
        case when states.basis_at is null then states.period_at else states.safe_period_at end
            as safe_period_at,
        row_number() over (
            partition by states.member_id order by standing.met_at asc nulls last
        ) as place
    from {{ work_relation('tier_state') }} as states
    inner join {{ ref('tier_standing') }} as standing
        on states.member_id = standing.member_id
        and standing.tier_rank > states.tier_rank
        and standing.reason is not null
        and (
            standing.met_at > states.began_at
            or (standing.met_at = states.began_at and states.priority < 4)
        )
)

select
    member_id, met_at as began_at, 4 as priority, tier_rank, reason,
    met_at as period_at, met_at as basis_at, safe_rank, safe_period_at
from later
where place = 1
{%- endmacro %}
