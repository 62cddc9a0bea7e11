-- One row: a goal: what it should come to, what it has come to by as_of, and what it will come to
-- if it goes on like this. What is summed goes on at its daily rate, a level at its daily growth, a
-- quotient stays what it is.
with spans as (
    select
        goals.*,
        kpis.unit,
        kpis.denominator is null and kpis.numerator_at = 'sum' as is_flow,
        kpis.denominator is null and kpis.numerator_at <> 'sum' as is_level,
        least(goals.ends_on, {{ as_of() }}) as counted_on,
        {{ add_days('goals.starts_on', -1) }} as before_on,
        {{ days_between('goals.starts_on', 'goals.ends_on') }} + 1 as total_days,
        greatest(
            {{ days_between('goals.starts_on', 'least(goals.ends_on, ' ~ as_of() ~ ')') }} + 1, 0
        ) as elapsed_days
    from {{ ref('goals') }} as goals
    inner join {{ ref('kpi_catalogue') }} as kpis on goals.kpi = kpis.kpi
),

periods as (
    select kpi, goal_code as period_key, counted_on as ends_on, before_on
    from spans
    where elapsed_days > 0
),

counted as (
    {{ kpi_values('periods') }}
),

actuals as (
    select
        spans.*,
        counted.value as actual,
        coalesce(starts.value, 0) as start_value,
        {{ safe_divide('spans.elapsed_days', 'spans.total_days') }} as elapsed_share
    from spans
    left join counted
        on spans.goal_code = counted.period_key
        and spans.slice_type = counted.slice_type
        and spans.slice = counted.slice
    left join {{ ref('kpi_daily') }} as starts
        on spans.kpi = starts.kpi
        and spans.slice_type = starts.slice_type
        and spans.slice = starts.slice
        and spans.before_on = starts.date_day
),

projected as (
    select
        actuals.*,
        cast(target as double) as target_value,
        case
            when is_flow then target * elapsed_share
            when is_level then start_value + (target - start_value) * elapsed_share
            else target
        end as due_by_now,
        case
            when is_flow then actual / nullif(elapsed_share, 0)
            when is_level then start_value + (actual - start_value) / nullif(elapsed_share, 0)
            else actual
        end as forecast
    from actuals
),

judged as (
    select
        projected.*,
        case when direction = 'up' then actual >= target_value else actual <= target_value end
            as is_met,
        case when direction = 'up' then forecast >= target_value else forecast <= target_value end
            as will_be_met
    from projected
),

final as (
    select
        goal_code as goal,
        goal_name,
        goal_name_zh,
        kpi,
        slice_type,
        slice,
        unit,
        owner,
        starts_on,
        ends_on,
        target_value as target,
        actual,
        cast(due_by_now as double) as due_by_now,
        {{ safe_divide('actual', 'due_by_now') }} as pace,
        cast(forecast as double) as forecast,
        elapsed_share,
        case
            when elapsed_days = 0 then 'not_started'
            when counted_on = ends_on then case when is_met then 'reached' else 'missed' end
            when is_met and is_flow and direction = 'up' then 'reached'
            when will_be_met then 'on_track'
            else 'behind'
        end as status
    from judged
)

select * from final
