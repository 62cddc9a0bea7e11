{#-
    Three CTEs, the last of them `filled`: every month since each cohort's own, of the CTEs `sizes` and
    `active` (macro cohort_activity), with what was active in it and earned until its end.
-#}
{% macro cohort_months(keys) -%}
months as (
    select distinct month_start as active_month
    from {{ ref('dim_date') }}
),

grid as (
    select
        sizes.*,
        months.active_month,
        {{ months_between('sizes.cohort_month', 'months.active_month') }} as month_number,
        {{ month_end('months.active_month') }} <= {{ as_of() }} as is_complete
    from sizes
    inner join months on months.active_month >= sizes.cohort_month
),

filled as (
    select
        grid.*,
        coalesce(active.active_members, 0) as active_members,
        cast(coalesce(active.net_revenue, 0) as decimal(18, 2)) as net_revenue,
        sum(coalesce(active.net_revenue, 0)) over (
            partition by grid.cohort_month{% for key in keys %}, grid.{{ key }}{% endfor %}
            order by grid.month_number asc nulls last
            rows between unbounded preceding and current row
        ) as cumulative_revenue
    from grid
    left join active
        on grid.cohort_month = active.cohort_month
        {%- for key in keys %}
        and grid.{{ key }} = active.{{ key }}
        {%- endfor %}
        and grid.active_month = active.active_month
)
{%- endmacro %}
