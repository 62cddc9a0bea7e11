{#- What is owed before the first round: nothing, in the columns of points_left_owed. -#}
{% macro points_no_debts() -%}
select member_id, step_key, step_no, order_key, movement, points as owed_points
from {{ work_relation('points_act') }}
where false
{%- endmacro %}
