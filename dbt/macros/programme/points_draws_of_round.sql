{#- The draws of a round, and, as negative draws, what came back to lots. -#}
{% macro points_draws_of_round() -%}
select now.member_id, now.act_no, now.happened_at as drawn_at, drawn.step_key, drawn.order_key,
    drawn.movement, drawn.lot_key, drawn.lot_no, drawn.lot_order_key, drawn.expires_at, drawn.points
from {{ work_relation('points_drawn') }} as drawn
inner join {{ work_relation('points_now') }} as now on drawn.member_id = now.member_id
union all
select now.member_id, now.act_no, now.happened_at, back.step_key, now.order_key,
    now.movement, back.lot_key, back.lot_no, back.lot_order_key, back.expires_at, -back.points
from {{ work_relation('points_back') }} as back
inner join {{ work_relation('points_now') }} as now on back.member_id = now.member_id
where back.lot_key <> back.step_key
{%- endmacro %}
