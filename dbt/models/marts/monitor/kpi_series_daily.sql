-- One row: a day, a slice and a series: by how much it changed that day and what it has come to
-- since the beginning. A slice begins with its first change; from then on every day has a row.
with changes as (
    select changed_on, slice_type, slice, series, change from {{ ref('kpi_sales_change') }}
    union all
    select changed_on, slice_type, slice, series, change from {{ ref('kpi_member_change') }}
    union all
    select changed_on, slice_type, slice, series, change from {{ ref('kpi_programme_change') }}
),

firsts as (
    select slice_type, slice, series, min(changed_on) as first_on
    from changes
    group by slice_type, slice, series
),

final as (
    select
        days.date_day,
        firsts.slice_type,
        firsts.slice,
        firsts.series,
        cast(coalesce(changes.change, 0) as decimal(18, 2)) as change,
        cast(sum(coalesce(changes.change, 0)) over (
            partition by firsts.slice_type, firsts.slice, firsts.series
            order by days.date_day asc nulls last
            rows between unbounded preceding and current row
        ) as decimal(18, 2)) as running
    from firsts
    inner join {{ ref('dim_date') }} as days on days.date_day >= firsts.first_on
    left join changes
        on firsts.slice_type = changes.slice_type
        and firsts.slice = changes.slice
        and firsts.series = changes.series
        and days.date_day = changes.changed_on
)

select * from final
