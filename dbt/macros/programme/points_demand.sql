{#- What must be drawn in this round, oldest debt first, with running totals. -#}
{% macro points_demand() -%}
with wanted as (
    select owed.member_id, owed.step_key, owed.step_no, owed.order_key, owed.movement,
        owed.owed_points as points
    from {{ work_relation('points_owed') }} as owed
    union all
    select member_id, step_key, step_no, order_key, movement, points
    from {{ work_relation('points_now') }}
    where effect in ('spend', 'reverse')
    union all
    select now.member_id, now.step_key, now.step_no, now.order_key, now.movement,
        sum(supply.open_points) as points
    from {{ work_relation('points_now') }} as now
    inner join {{ work_relation('points_supply') }} as supply
        on now.member_id = supply.member_id and supply.expires_at <= now.happened_at
    where now.effect = 'expire'
    group by now.member_id, now.step_key, now.step_no, now.order_key, now.movement
)

select wanted.*, sum(wanted.points) over (
    partition by wanted.member_id order by wanted.step_no asc nulls last
    rows between unbounded preceding and current row) as upper_points
from wanted
inner join {{ work_relation('points_now') }} as now on wanted.member_id = now.member_id
{%- endmacro %}
