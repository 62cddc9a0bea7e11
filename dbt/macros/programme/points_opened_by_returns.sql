{#- What came back beyond what was still drawn: a lot of its own. -#}
{% macro points_opened_by_returns(given) -%}
select now.member_id, now.step_key, now.step_key as lot_key, now.step_no as lot_no,
    now.order_key as lot_order_key, now.expires_at,
    now.points - coalesce(found.points, 0) as points
from {{ work_relation('points_now') }} as now
left join (
    select member_id, sum(points) as points
    from {{ given }}
    group by member_id
) as found on now.member_id = found.member_id
where now.effect = 'return' and now.points > coalesce(found.points, 0)
{%- endmacro %}
