{#- What happens first of all that may happen next; members nothing happens to are done. -#}
{% macro tier_next_state(state_no) -%}
select
    member_id,
    {{ state_no }} as state_no,
    began_at,
    priority,
    tier_rank,
    reason,
    period_at,
    basis_at,
    safe_rank,
    safe_period_at
from (
    select
        *,
        row_number() over (
            partition by member_id order by began_at asc nulls last, priority asc nulls last
        ) as place
    from {{ work_relation('tier_candidate') }}
) as numbered
where place = 1
{%- endmacro %}
