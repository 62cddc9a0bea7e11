{#-
    The states after keep windows that ended. A tier that was kept goes on from the window's end, any
    other begins a period when it is looked at. A window that was over before the state began (a
    period taken up again after a refund) is looked at then.
-#}
{% macro tier_end_states(decided) -%}
select
    member_id,
    case when check_at > began_at then check_at else began_at end as began_at,
    case
        when check_at > began_at or (check_at = began_at and priority < 1) then 1
        else 5
    end as priority,
    next_rank as tier_rank,
    case when next_rank = tier_rank then 'kept' else 'window_end' end as reason,
    case
        when is_kept then ends_at
        when check_at > began_at then check_at
        else began_at
    end as period_at,
    cast(null as timestamp) as basis_at,
    next_rank as safe_rank,
    case when is_kept then ends_at else check_at end as safe_period_at
from {{ decided }}
{%- endmacro %}
