-- One row: a month, a KPI and a slice, by the one definition in kpi_catalogue over the days of the
-- month; levels are those of its last day, as_of in the running month.
with months as (
    select
        month_start as month,
        max(date_day) as ends_on,
        max(month_end) as month_end
    from {{ ref('dim_date') }}
    group by month_start
),

periods as (
    select
        kpis.kpi,
        months.month as period_key,
        months.ends_on,
        {{ add_days('months.month', -1) }} as before_on
    from {{ ref('kpi_catalogue') }} as kpis
    cross join months
),

counted as (
    {{ kpi_values('periods') }}
),

final as (
    select
        counted.period_key as month,
        counted.kpi,
        counted.slice_type,
        counted.slice,
        counted.value,
        case
            when counted.slice_type = 'all' then cast(kpis.monthly_target as double)
        end as target,
        cast(counted.numerator as decimal(18, 2)) as numerator,
        cast(counted.denominator as decimal(18, 2)) as denominator,
        months.ends_on = months.month_end as is_complete
    from counted
    inner join {{ ref('kpi_catalogue') }} as kpis on counted.kpi = kpis.kpi
    inner join months on counted.period_key = months.month
)

select * from final
