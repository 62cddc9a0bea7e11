-- One row: a member, the stage at as_of, and since when; days are known to the month.
with changes as (
    select
        member_id,
        stage,
        stage_zh,
        previous_stage,
        greatest(month, seen_on) as since_on,
        row_number() over (partition by member_id order by month desc nulls last) as change_number
    from {{ ref('member_lifecycle_monthly') }}
    where is_changed
),

final as (
    select
        changes.member_id,
        {{ as_of() }} as as_of,
        changes.stage,
        changes.stage_zh,
        changes.since_on,
        changes.previous_stage,
        states.last_purchased_on,
        states.purchase_days,
        states.cycle_days,
        states.silence_days,
        states.silence_ratio
    from changes
    inner join {{ ref('member_month') }} as states
        on changes.member_id = states.member_id
        and states.state_on = {{ as_of() }}
    where changes.change_number = 1
)

select * from final
