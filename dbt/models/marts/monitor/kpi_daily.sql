-- One row: a day, a KPI and a slice, by the one definition in kpi_catalogue over the KPI's window
-- of days. A KPI that is known at ends of months only is in kpi_monthly alone.
with periods as (
    select
        kpis.kpi,
        days.date_day as period_key,
        days.date_day as ends_on,
        {{ add_days('days.date_day', '-kpis.window_days') }} as before_on
    from {{ ref('kpi_catalogue') }} as kpis
    cross join {{ ref('dim_date') }} as days
    where kpis.grain = 'day'
),

counted as (
    {{ kpi_values('periods') }}
),

final as (
    select
        counted.period_key as date_day,
        counted.kpi,
        counted.slice_type,
        counted.slice,
        counted.value,
        case
            when counted.slice_type = 'all' then cast(kpis.daily_target as double)
        end as target,
        cast(counted.numerator as decimal(18, 2)) as numerator,
        cast(counted.denominator as decimal(18, 2)) as denominator
    from counted
    inner join {{ ref('kpi_catalogue') }} as kpis on counted.kpi = kpis.kpi
)

select * from final
