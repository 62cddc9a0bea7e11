{#- Demand laid over the open lots: both are intervals of one running total. -#}
{% macro points_drawn() -%}
select
    demand.member_id,
    demand.step_key,
    demand.order_key,
    demand.movement,
    supply.lot_key,
    supply.lot_no,
    supply.order_key as lot_order_key,
    supply.expires_at,
    least(demand.upper_points, supply.upper_points) - greatest(
        demand.upper_points - demand.points, supply.upper_points - supply.open_points
    ) as points
from {{ work_relation('points_demand') }} as demand
inner join {{ work_relation('points_supply') }} as supply
    on demand.member_id = supply.member_id
    and demand.upper_points - demand.points < supply.upper_points
    and supply.upper_points - supply.open_points < demand.upper_points
{%- endmacro %}
