{#- What could not be drawn and is owed by members that have further steps. -#}
{% macro points_left_owed() -%}
select demand.member_id, demand.step_key, demand.step_no, demand.order_key, demand.movement,
    demand.points - coalesce(drawn.points, 0) as owed_points
from {{ work_relation('points_demand') }} as demand
inner join {{ work_relation('points_now') }} as now
    on demand.member_id = now.member_id and now.act_count > now.act_no
left join (
    select member_id, step_key, sum(points) as points
    from {{ work_relation('points_drawn') }}
    group by member_id, step_key
) as drawn on demand.member_id = drawn.member_id and demand.step_key = drawn.step_key
where demand.points > coalesce(drawn.points, 0)
{%- endmacro %}
