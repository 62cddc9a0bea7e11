{#-
    The first refund that takes a member's tier: neither the earnings that reached it nor today's
    hold it any more. The member falls to the highest tier they hold, or back to the safe one and
    its period.
-#}
{% macro tier_next_refunds() -%}
with fallen as (
    select
        states.*,
        hits.began_at as hit_at,
        greatest(hits.tier_rank, coalesce(standing.tier_rank, 0)) as earned_rank,
        row_number() over (
            partition by states.member_id order by hits.began_at asc nulls last
        ) as place
    from {{ work_relation('tier_state') }} as states
    inner join {{ work_relation('tier_hit') }} as hits on states.member_id = hits.member_id
    left join {{ ref('tier_standing') }} as standing
        on hits.member_id = standing.member_id and hits.began_at = standing.met_at
    where
        states.tier_rank
        > greatest(hits.tier_rank, coalesce(standing.tier_rank, 0), states.safe_rank)
)

select
    member_id,
    hit_at as began_at,
    3 as priority,
    greatest(earned_rank, safe_rank) as tier_rank,
    'refund' as reason,
    case when earned_rank > safe_rank then period_at else safe_period_at end
        as period_at,
    case when earned_rank > safe_rank then basis_at end as basis_at,
    safe_rank,
    safe_period_at
from fallen
where place = 1
{%- endmacro %}
