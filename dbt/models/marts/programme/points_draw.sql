-- One row: points that a step of a member drew from a lot, or (negative) brought back to it.
-- depends_on: {{ ref('points_step') }}
{{ config(pre_hook="{{ replay_points() }}") }}

select
    member_id,
    step_key,
    lot_key,
    cast(act_no as integer) as act_no,
    drawn_at,
    {{ business_date('drawn_at') }} as drawn_on,
    order_key,
    movement,
    cast(sum(points) as decimal(18, 2)) as points
from {{ work_relation('points_log') }}
group by member_id, step_key, lot_key, act_no, drawn_at, order_key, movement
