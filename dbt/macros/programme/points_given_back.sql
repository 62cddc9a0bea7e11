{#-
    What comes back in this round, by lot: to the lots the redemptions of its order were drawn from,
    the lot that ends last first. What finds no lot any more opens one of its own.
-#}
{% macro points_given_back() -%}
with drawn as (
    select
        now.member_id, now.step_key, now.points as returned, log.lot_key, log.lot_no,
        log.lot_order_key, log.expires_at,
        sum(log.points) as points
    from {{ work_relation('points_now') }} as now
    inner join {{ work_relation('points_log') }} as log
        on now.member_id = log.member_id and now.order_key = log.order_key
        and log.movement = 'redeemed'
    where now.effect = 'return'
    group by now.member_id, now.step_key, now.points, log.lot_key, log.lot_no,
        log.lot_order_key, log.expires_at
    having sum(log.points) > 0
),

placed as (
    select *, sum(points) over (
        partition by member_id order by expires_at desc nulls first, lot_no desc nulls last
        rows between unbounded preceding and current row) as upper_points
    from drawn
),

given as (
    select member_id, step_key, lot_key, lot_no, lot_order_key, expires_at,
        least(upper_points, returned) - (upper_points - points) as points
    from placed
    where returned > upper_points - points
)

select * from given
union all
{{ points_opened_by_returns('given') }}
{%- endmacro %}
