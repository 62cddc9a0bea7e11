{#- The states of members whose tier left the rules: the first of the days in the CTE `lost`. -#}
{% macro tier_lost_states() -%}
select
    member_id,
    changed_at as began_at,
    priority,
    next_rank as tier_rank,
    'rule_change' as reason,
    changed_at as period_at,
    cast(null as timestamp) as basis_at,
    next_rank as safe_rank,
    changed_at as safe_period_at
from (
    select
        member_id,
        changed_at,
        next_rank,
        priority,
        row_number() over (partition by member_id order by changed_at asc nulls last) as place
    from lost
) as numbered
where place = 1
{%- endmacro %}
