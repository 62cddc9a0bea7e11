-- One row: a buyer and the end of a complete month from the first purchase on: what RFM measures
-- on that day. All months at once: a purchase day adds to the month it lies in and, where the RFM
-- window is limited, takes itself away in the month whose end no longer has it in the window.
-- Refunds count as they are known now: those of an order on the day of the order.
with rules as (
    select * from {{ ref('rfm_rules') }}
),

days as (
    select
        days.*,
        min(case when is_purchase then moved_on end) over (partition by member_id) as first_on
    from {{ ref('scr_purchase_day') }} as days
),

changes as (
    select
        member_id,
        {{ month_start('moved_on') }} as month_on,
        min(first_on) as first_on,
        max(case when is_purchase then moved_on end) as last_on,
        sum(order_count) as orders,
        count(case when is_purchase then moved_on end) as purchase_days,
        sum(net_revenue) as net_revenue
    from days
    where first_on is not null
    group by member_id, {{ month_start('moved_on') }}
    union all
    select
        member_id,
        {{ month_start(add_days('moved_on', 'rules.window_days')) }} as month_on,
        min(first_on) as first_on,
        cast(null as date) as last_on,
        -sum(order_count) as orders,
        -count(case when is_purchase then moved_on end) as purchase_days,
        -sum(net_revenue) as net_revenue
    from days
    cross join rules
    where first_on is not null and rules.window_days is not null
    group by member_id, {{ month_start(add_days('moved_on', 'rules.window_days')) }}
),

summed as (
    select
        member_id,
        month_on,
        min(first_on) as first_on,
        max(last_on) as last_on,
        sum(orders) as orders,
        sum(purchase_days) as purchase_days,
        sum(net_revenue) as net_revenue
    from changes
    group by member_id, month_on
),

months as (
    select distinct month_start as month_on
    from {{ ref('dim_date') }}
    where {{ month_end('month_start') }} <= {{ as_of() }}
),

starts as (
    select
        member_id,
        min(month_on) as from_month,
        {{ month_start('min(first_on)') }} as first_month
    from summed
    group by member_id
),

grid as (
    select starts.member_id, months.month_on, starts.first_month
    from starts
    inner join months on months.month_on >= starts.from_month
),

running as (
    select
        grid.member_id,
        grid.month_on,
        grid.first_month,
        max(summed.last_on) over so_far as last_on,
        sum(coalesce(summed.orders, 0)) over so_far as orders,
        sum(coalesce(summed.purchase_days, 0)) over so_far as purchase_days,
        sum(coalesce(summed.net_revenue, 0)) over so_far as net_revenue
    from grid
    left join summed
        on grid.member_id = summed.member_id and grid.month_on = summed.month_on
    window so_far as (
        partition by grid.member_id
        order by grid.month_on asc nulls last
        rows between unbounded preceding and current row
    )
),

final as (
    select
        running.member_id,
        {{ month_end('running.month_on') }} as month_end,
        {{ days_between('running.last_on', month_end('running.month_on')) }} as recency_days,
        cast(
            case
                when rules.frequency_basis = 'orders' then running.orders
                else running.purchase_days
            end
        as bigint) as frequency,
        cast(running.net_revenue as decimal(18, 2)) as monetary
    from running
    cross join rules
    where running.month_on >= running.first_month
)

select * from final
