{#- The lots that stay open, of members that have further steps. -#}
{% macro points_left_open() -%}
select supply.member_id, supply.lot_key, supply.lot_no, supply.order_key, supply.expires_at,
    supply.open_points - coalesce(drawn.points, 0) as open_points
from {{ work_relation('points_supply') }} as supply
inner join {{ work_relation('points_now') }} as now
    on supply.member_id = now.member_id and now.act_count > now.act_no
left join (
    select member_id, lot_key, sum(points) as points
    from {{ work_relation('points_drawn') }}
    group by member_id, lot_key
) as drawn on supply.member_id = drawn.member_id and supply.lot_key = drawn.lot_key
where supply.open_points > coalesce(drawn.points, 0)
{%- endmacro %}
