-- One row: the members of a first-order month, all or those of a slice of their first order (its
-- channel, its main product category, its campaign), in one later month. Their activity counts
-- wherever it is. Months not begun have no row.
with categories as (
    select
        lines.order_key,
        lines.category,
        row_number() over (
            partition by lines.order_key
            order by sum(lines.line_amount) desc nulls last, lines.category asc nulls last
        ) as place
    from {{ ref('fct_order_line') }} as lines
    inner join {{ ref('fct_order') }} as orders on lines.order_key = orders.order_key
    where orders.order_number = 1 and lines.category is not null
    group by lines.order_key, lines.category
),

cohorts as (
    select
        orders.member_id,
        {{ month_start('orders.ordered_on') }} as cohort_month,
        orders.channel,
        categories.category,
        orders.campaign_key
    from {{ ref('fct_order') }} as orders
    left join categories on orders.order_key = categories.order_key and categories.place = 1
    where orders.order_number = 1
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
    select member_id, cohort_month, 'all' as slice_type, 'all' as slice from cohorts
    union all
    select member_id, cohort_month, 'channel' as slice_type, channel as slice from cohorts
    union all
    select member_id, cohort_month, 'category' as slice_type, category as slice from cohorts
    where category is not null
    union all
    select member_id, cohort_month, 'campaign' as slice_type, campaign_key as slice from cohorts
    where campaign_key is not null
),

sizes as (
    select cohort_month, slice_type, slice, count(*) as cohort_size
    from sliced
    group by cohort_month, slice_type, slice
),

active as (
    select
        sliced.cohort_month,
        sliced.slice_type,
        sliced.slice,
        {{ month_start('movements.moved_on') }} as active_month,
        count(distinct movements.active_member_id) as active_members,
        sum(movements.net_revenue) as net_revenue
    from sliced
    inner join movements on sliced.member_id = movements.member_id
    group by
        sliced.cohort_month, sliced.slice_type, sliced.slice,
        {{ month_start('movements.moved_on') }}
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
            partition by grid.cohort_month, grid.slice_type, grid.slice
            order by grid.month_number asc nulls last
            rows between unbounded preceding and current row
        ) as cumulative_revenue
    from grid
    left join active
        on grid.cohort_month = active.cohort_month
        and grid.slice_type = active.slice_type
        and grid.slice = active.slice
        and grid.active_month = active.active_month
),

final as (
    select
        filled.cohort_month,
        filled.slice_type,
        filled.slice,
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
