{#- The open lots before the first round: none, in the columns of points_left_open. -#}
{% macro points_no_lots() -%}
select
    member_id, step_key as lot_key, step_no as lot_no, order_key, expires_at,
    points as open_points
from {{ work_relation('points_act') }}
where false
{%- endmacro %}
