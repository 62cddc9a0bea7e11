-- One row: a rule, a slice and a day it watches: the KPI's value, what was to be expected from the
-- weeks before, how far apart they are, and whether that is a breach or calm. Between the two
-- levels, and where there is too little history, it is neither.
with watched as (
    select
        rules.*,
        kpis.slice as watched_slice,
        kpis.date_day,
        kpis.value,
        kpis.denominator,
        {{ add_days('kpis.date_day', '-7 * rules.weeks') }} as history_from
    from {{ ref('alert_rules') }} as rules
    inner join {{ ref('kpi_daily') }} as kpis
        on rules.kpi = kpis.kpi
        and rules.slice_type = kpis.slice_type
        and (rules.slice = '*' or rules.slice = kpis.slice)
        and kpis.date_day >= rules.valid_from
        and (kpis.date_day <= rules.valid_to or rules.valid_to is null)
),

history as (
    select
        watched.rule_code,
        watched.watched_slice,
        watched.date_day,
        past.value
    from watched
    inner join {{ ref('kpi_daily') }} as past
        on watched.kpi = past.kpi
        and watched.slice_type = past.slice_type
        and watched.watched_slice = past.slice
        and past.date_day >= watched.history_from
        and past.date_day < watched.date_day
    where past.value is not null
        and (watched.kind <> 'missing' or past.value <> 0)
        and (
            not coalesce(watched.same_weekday, false)
            or {{ day_of_week('past.date_day') }} = {{ day_of_week('watched.date_day') }}
        )
),

expectations as (
    select rule_code, watched_slice, date_day, median(value) as expected, count(*) as days
    from history
    group by rule_code, watched_slice, date_day
),

-- 1.4826 makes the median deviation of normal values their standard deviation; where most values
-- are equal it is 0 and the mean deviation stands in, with its own factor
-- (Iglewicz and Hoaglin 1993)
spreads as (
    select
        history.rule_code,
        history.watched_slice,
        history.date_day,
        coalesce(
            nullif(1.4826 * median(abs(history.value - expectations.expected)), 0),
            nullif(1.2533 * cast(avg(
                cast(abs(history.value - expectations.expected) as decimal(28, 8))) as double), 0)
        ) as robust_sd
    from history
    inner join expectations
        on history.rule_code = expectations.rule_code
        and history.watched_slice = expectations.watched_slice
        and history.date_day = expectations.date_day
    group by history.rule_code, history.watched_slice, history.date_day
),

measured as (
    select
        watched.*,
        expectations.expected,
        coalesce(expectations.days, 0) as history_days,
        case
            when coalesce(expectations.days, 0) < coalesce(watched.min_history, 0) then null
            when watched.denominator < watched.min_base then null
            when watched.kind = 'threshold' then watched.value
            when watched.kind = 'missing'
                then case when coalesce(watched.value, 0) = 0 then 1 else 0 end
            when watched.kind = 'weekday_change'
                then {{ safe_divide('watched.value', 'expectations.expected') }} - 1
            when watched.value = expectations.expected then 0
            else (watched.value - expectations.expected) / nullif(spreads.robust_sd, 0)
        end as deviation
    from watched
    left join expectations
        on watched.rule_code = expectations.rule_code
        and watched.watched_slice = expectations.watched_slice
        and watched.date_day = expectations.date_day
    left join spreads
        on watched.rule_code = spreads.rule_code
        and watched.watched_slice = spreads.watched_slice
        and watched.date_day = spreads.date_day
),

final as (
    select
        rule_code,
        kpi,
        slice_type,
        watched_slice as slice,
        date_day,
        value,
        cast(expected as double) as expected,
        history_days,
        cast(deviation as double) as deviation,
        coalesce(case
            when kind = 'missing' then deviation = 1
            when direction = 'below' then deviation <= fire_level
            when direction = 'above' then deviation >= fire_level
            else abs(deviation) >= fire_level
        end, false) as is_breach,
        coalesce(case
            when kind = 'missing' then deviation = 0
            when direction = 'below' then deviation >= recover_level
            when direction = 'above' then deviation <= recover_level
            else abs(deviation) <= recover_level
        end, false) as is_calm
    from measured
)

select * from final
