{#- The steps that take a round, sorted so that a round reads its own only. -#}
{% macro points_acts() -%}
select
    member_id, act_no, step_no, step_key, order_key, effect, movement, points, happened_at,
    expires_at,
    count(*) over (partition by member_id) as act_count
from {{ ref('points_step') }}
where act_no is not null
order by act_no
{%- endmacro %}
