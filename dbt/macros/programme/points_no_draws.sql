{#- The draws before the first round: none, in the columns of points_draws_of_round. -#}
{% macro points_no_draws() -%}
select
    member_id, act_no, happened_at as drawn_at, step_key, order_key, movement,
    step_key as lot_key, step_no as lot_no, order_key as lot_order_key, expires_at, points
from {{ work_relation('points_act') }}
where false
{%- endmacro %}
