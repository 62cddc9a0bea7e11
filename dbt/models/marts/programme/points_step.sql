-- One row: a step in the replay of a member's points: an entry of the ledger, or, where points
-- expire by rule, an instant at which they do. Steps are numbered in their order in time.
with entries as (
    {{ points_entries_replayed() }}
),

steps as (
    select
        member_id, step_key, entry_type, reason, order_key, order_id, happened_at,
        same_instant_order, movement, points, effect,
        case when effect in ('earn', 'return') then expires_at end as expires_at
    from entries
    union all
    {{ points_expiries_by_rule('entries') }}
),

numbered as (
    select
        *,
        row_number() over (
            partition by member_id
            order by
                happened_at asc nulls last, same_instant_order asc nulls last,
                step_key asc nulls last
        ) as step_no,
        case
            when effect in ('earn', 'return') then points
            when effect in ('spend', 'reverse', 'expire') then -points
            else 0
        end as change
    from steps
),

-- an earning takes part only where something may be owed: never more is, than this says
acting as (
    select
        *,
        effect in ('spend', 'reverse', 'return', 'expire') or (
            effect = 'earn' and sum(change) over (
                partition by member_id order by step_no asc nulls last
                rows between unbounded preceding and current row
            ) < points
        ) as is_act
    from numbered
),

counted as (
    select
        *,
        sum(case when is_act then 1 else 0 end) over (
            partition by member_id order by step_no asc nulls last
            rows between unbounded preceding and current row
        ) as acts
    from acting
),

final as (
    select
        member_id,
        cast(step_no as integer) as step_no,
        step_key,
        entry_type,
        reason,
        order_key,
        order_id,
        effect,
        movement,
        happened_at,
        {{ business_date('happened_at') }} as happened_on,
        cast(points as decimal(18, 2)) as points,
        expires_at,
        cast(case when is_act then acts end as integer) as act_no,
        cast(case
            when effect = 'earn' and is_act then acts
            when effect = 'earn' then acts + 1
        end as integer) as enters_act_no
    from counted
)

select * from final
