-- One row: the members of a first-order month, of all channels or of the channel of their first
-- order, in one later month. Their activity counts in every channel. Months not begun have no row.
with cohorts as (
    select
        member_id,
        {{ month_start('ordered_on') }} as cohort_month,
        channel
    from {{ ref('fct_order') }}
    where order_number = 1
),

movements as (
    select member_id, ordered_on as moved_on, member_id as active_member_id, net_revenue
    from {{ ref('fct_order') }}
    where is_valid
    union all
    -- a refund without its order falls into its own month and is no sign of activity
    select member_id, refunded_on as moved_on, null as active_member_id, -amount as net_revenue
    from {{ ref('fct_refund') }}
    where order_key is null
),

sliced as (
    select member_id, cohort_month, channel from cohorts
    union all
    select member_id, cohort_month, 'all' as channel from cohorts
),

sizes as (
    select cohort_month, channel, count(*) as cohort_size
    from sliced
    group by cohort_month, channel
),

active as (
    select
        sliced.cohort_month,
        sliced.channel,
        {{ month_start('movements.moved_on') }} as active_month,
        count(distinct movements.active_member_id) as active_members,
        sum(movements.net_revenue) as net_revenue
    from sliced
    inner join movements on sliced.member_id = movements.member_id
    group by sliced.cohort_month, sliced.channel, {{ month_start('movements.moved_on') }}
),

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
            partition by grid.cohort_month, grid.channel
            order by grid.month_number asc nulls last
            rows between unbounded preceding and current row
        ) as cumulative_revenue
    from grid
    left join active
        on grid.cohort_month = active.cohort_month
        and grid.channel = active.channel
        and grid.active_month = active.active_month
),

final as (
    select
        filled.cohort_month,
        filled.channel,
        filled.month_number,
        filled.active_month,
        filled.is_complete,
        filled.cohort_size,
        filled.active_members,
        case
            when filled.is_complete
                then {{ safe_divide('filled.active_members', 'filled.cohort_size') }}
        end as retention_rate,
        filled.net_revenue,
        {{ money(safe_divide('filled.cumulative_revenue', 'filled.cohort_size')) }}
            as cumulative_revenue_per_member
    from filled
    inner join {{ ref('cohort_rules') }} as rules
        on filled.month_number <= rules.max_month_number
)

select * from final
