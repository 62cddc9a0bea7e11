-- One row: an alert: a rule that fired on a slice, and when it recovered. It fires once, after so
-- many days of breach in a row, and recovers once, after so many calm days; in between it keeps its
-- state. All of it follows from the days, so a later build repeats the alerts of an earlier one.
with signals as (
    select
        signals.*,
        sum(case when is_breach then 0 else 1 end) over (
            partition by rule_code, slice order by date_day asc nulls last
            rows between unbounded preceding and current row
        ) as breach_run,
        sum(case when is_calm then 0 else 1 end) over (
            partition by rule_code, slice order by date_day asc nulls last
            rows between unbounded preceding and current row
        ) as calm_run
    from {{ ref('kpi_signal') }} as signals
),

runs as (
    select
        signals.*,
        sum(case when is_breach then 1 else 0 end) over (
            partition by rule_code, slice, breach_run order by date_day asc nulls last
            rows between unbounded preceding and current row
        ) as breach_days,
        sum(case when is_calm then 1 else 0 end) over (
            partition by rule_code, slice, calm_run order by date_day asc nulls last
            rows between unbounded preceding and current row
        ) as calm_days
    from signals
),

-- 1 asks for the alert, 0 for its end, NULL for nothing new
asked as (
    select
        runs.*,
        rules.severity,
        rules.label_zh,
        rules.reason,
        rules.muted_from,
        rules.muted_to,
        case
            when runs.is_breach and runs.breach_days >= rules.fire_after_days then 1
            when runs.is_calm and runs.calm_days >= rules.recover_after_days then 0
        end as asked_state
    from runs
    inner join {{ ref('alert_rules') }} as rules on runs.rule_code = rules.rule_code
),

grouped as (
    select
        asked.*,
        count(asked_state) over (
            partition by rule_code, slice order by date_day asc nulls last
            rows between unbounded preceding and current row
        ) as asked_number
    from asked
),

-- the last thing asked for holds
held as (
    select
        grouped.*,
        coalesce(max(asked_state) over (partition by rule_code, slice, asked_number), 0)
            as held_state
    from grouped
),

compared as (
    select
        held.*,
        lag(held_state, 1, 0) over (
            partition by rule_code, slice order by date_day asc nulls last
        ) as previous_state
    from held
),

turns as (
    select
        compared.*,
        lead(date_day) over (
            partition by rule_code, slice order by date_day asc nulls last
        ) as turned_on,
        lead(value) over (
            partition by rule_code, slice order by date_day asc nulls last
        ) as turned_value
    from compared
    where held_state <> previous_state
),

final as (
    select
        rule_code || ':' || slice_type || ':' || slice || ':' || cast(date_day as varchar)
            as alert_key,
        rule_code as rule,
        kpi,
        slice_type,
        slice,
        severity,
        label_zh,
        reason,
        date_day as fired_on,
        date_day as {{ adapter.quote('on') }},
        value,
        expected,
        deviation,
        case when turned_on is null then 'firing' else 'recovered' end as state,
        turned_on as recovered_on,
        turned_value as recovered_value,
        coalesce(date_day >= muted_from and (date_day <= muted_to or muted_to is null), false)
            as is_muted
    from turns
    where held_state = 1
)

select * from final
