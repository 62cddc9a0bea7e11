{#- Lots of earnings with the round in which a step first sees them. -#}
{% macro points_new_lots() -%}
select
    member_id, enters_act_no, step_key as lot_key, step_no as lot_no, order_key, expires_at, points
from {{ ref('points_step') }}
where effect = 'earn'
order by enters_act_no
{%- endmacro %}
