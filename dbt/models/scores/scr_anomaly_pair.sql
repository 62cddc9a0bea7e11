-- One row: a member, a category and a window, where the member bought the category in the window:
-- how often, and how often its own past lets expect. Pieces count in units of the member's usual
-- basket and its spread (scaled Poisson distribution, Bohm and Zech 2014).
with rules as (
    select
        anomaly_rules.*,
        {{ add_days(as_of(), '-anomaly_rules.window_days') }} as baseline_end_on
    from {{ ref('anomaly_rules') }} as anomaly_rules
),

baskets as (
    select
        lines.member_id,
        coalesce(lines.category, 'unknown') as category,
        lines.order_key,
        lines.ordered_on,
        sum(greatest(coalesce(lines.quantity, 1), 0)) as pieces,
        cast(sum(lines.net_revenue) as decimal(18, 2)) as net_revenue
    from ({{ bought_lines() }}) as lines
    group by lines.member_id, coalesce(lines.category, 'unknown'), lines.order_key, lines.ordered_on
),

members as (
    select
        baskets.member_id,
        rules.window_days,
        rules.baseline_end_on,
        rules.prior_days,
        rules.prior_orders,
        rules.enough_orders,
        {{ days_between('min(baskets.ordered_on)', 'rules.baseline_end_on') }} as known_days
    from baskets
    cross join rules
    group by baskets.member_id, rules.window_days, rules.baseline_end_on, rules.prior_days,
        rules.prior_orders, rules.enough_orders, rules.min_baseline_days
    having {{ days_between('min(baskets.ordered_on)', 'rules.baseline_end_on') }}
        >= rules.min_baseline_days
),

exposure as (
    select window_days, count(*) as members, sum(known_days) as member_days
    from members
    group by window_days
),

counted as (
    select
        members.window_days,
        members.member_id,
        members.known_days,
        members.prior_days,
        members.prior_orders,
        members.enough_orders,
        baskets.category,
        sum(case
            when baskets.ordered_on <= members.baseline_end_on then baskets.pieces * baskets.pieces
            else 0
        end) as past_squares,
        count(case when baskets.ordered_on <= members.baseline_end_on then baskets.order_key end)
            as past_orders,
        sum(case when baskets.ordered_on <= members.baseline_end_on then baskets.pieces else 0 end)
            as past_pieces,
        count(case when baskets.ordered_on > members.baseline_end_on then baskets.order_key end)
            as window_orders,
        sum(case when baskets.ordered_on > members.baseline_end_on then baskets.pieces else 0 end)
            as window_pieces,
        cast(sum(case
            when baskets.ordered_on > members.baseline_end_on then baskets.net_revenue else 0
        end) as decimal(18, 2)) as window_revenue
    from members
    inner join baskets on members.member_id = baskets.member_id
    group by members.window_days, members.member_id, members.known_days, members.prior_days,
        members.prior_orders, members.enough_orders, baskets.category
),

-- the spread of basket sizes around each member's own mean, 1 where baskets are all alike
spreads as (
    select
        window_days,
        category,
        greatest(1, coalesce({{ safe_divide(
            'sum(cast(past_squares * past_orders * past_orders'
            ~ ' / nullif(cast(past_pieces as double) * past_pieces, 0) as decimal(18, 6)))',
            'sum(past_orders)',
        ) }}, 1)) as spread
    from counted
    where past_orders >= enough_orders and past_pieces > 0
    group by window_days, category
),

categories as (
    select
        counted.window_days,
        counted.category,
        max(exposure.members) as judged_members,
        count(*) over (partition by counted.window_days) as categories,
        coalesce(max(spreads.spread), 1) as spread,
        {{ safe_divide('sum(counted.past_orders)', 'max(exposure.member_days)') }} as daily_rate,
        coalesce({{ safe_divide('sum(counted.past_pieces)', 'sum(counted.past_orders)') }}, 1)
            as usual_pieces,
        -- what everybody buys more of now, a season or a sale, is no change of the member
        greatest(1, coalesce({{ safe_divide(
            'sum(counted.window_orders) * max(exposure.member_days)',
            'sum(counted.past_orders) * max(exposure.members) * counted.window_days',
        ) }}, 1)) as trend
    from counted
    inner join exposure on counted.window_days = exposure.window_days
    left join spreads
        on counted.window_days = spreads.window_days and counted.category = spreads.category
    group by counted.window_days, counted.category
),

judged as (
    select
        counted.*,
        cast(categories.judged_members * categories.categories as bigint) as tests,
        {{ safe_divide(
            'counted.past_pieces + counted.prior_orders * categories.usual_pieces',
            'counted.past_orders + counted.prior_orders',
        ) }} as usual_pieces,
        categories.spread,
        counted.window_days * categories.trend
        * (counted.past_orders + counted.prior_days * categories.daily_rate)
        / nullif(counted.known_days + counted.prior_days, 0) as expected_orders
    from counted
    inner join categories
        on counted.window_days = categories.window_days
        and counted.category = categories.category
    where counted.window_orders > 0
),

final as (
    select
        window_days,
        member_id,
        category,
        known_days,
        past_orders,
        window_orders,
        window_pieces,
        window_revenue,
        tests,
        cast(floor(window_pieces / nullif(greatest(1, usual_pieces) * spread, 0)) as integer)
            as observed,
        cast(expected_orders / nullif(spread, 0) as decimal(18, 6)) as expected
    from judged
)

select * from final
