{#-
    The open lots of the members of a round in the order of drawing, with running totals. A reversal
    takes from the lots of its own order first; then the lot that ends first, then the earliest.
-#}
{% macro points_supply(round) -%}
with lots as (
    select member_id, lot_key, lot_no, order_key, expires_at, open_points
    from {{ work_relation('points_open') }}
    union all
    select member_id, lot_key, lot_no, order_key, expires_at, points
    from {{ work_relation('points_new_lot') }}
    where enters_act_no = {{ round }}
    union all
    select member_id, lot_key, lot_no, lot_order_key, expires_at, points
    from {{ work_relation('points_back') }}
),

open_lots as (
    select member_id, lot_key, lot_no, order_key, expires_at, sum(open_points) as open_points
    from lots
    group by member_id, lot_key, lot_no, order_key, expires_at
)

select
    open_lots.*,
    now.happened_at,
    sum(open_lots.open_points) over (
        partition by open_lots.member_id
        order by
            case when now.effect = 'reverse' and now.order_key = open_lots.order_key then 0 else 1
                end asc nulls last,
            open_lots.expires_at asc nulls last, open_lots.lot_no asc nulls last
        rows between unbounded preceding and current row
    ) as upper_points
from open_lots
inner join {{ work_relation('points_now') }} as now on open_lots.member_id = now.member_id
{%- endmacro %}
