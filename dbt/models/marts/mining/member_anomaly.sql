-- One row: a member, a category and a window in which the member bought the category, and whether
-- it is much more than before. Alarms keep the false discovery rate of anomaly_rules over all pairs
-- judged (Benjamini and Hochberg 1995); who bought nothing in the window is judged and has no row.
with pairs as (
    select
        pairs.*,
        tails.p_value,
        rank() over (
            partition by pairs.window_days order by tails.p_value desc nulls last
        ) as place_from_last,
        count(*) over (partition by pairs.window_days) as rows_of_window
    from {{ ref('scr_anomaly_pair') }} as pairs
    inner join {{ source('scores', 'scr_anomaly_tail') }} as tails
        on pairs.observed = tails.observed and pairs.expected = tails.expected
),

-- the rank of equal values is that of the last of them
stepped as (
    select
        pairs.*,
        p_value * tests / nullif(rows_of_window - place_from_last + 1, 0) as step
    from pairs
),

controlled as (
    select
        stepped.*,
        least(1, min(step) over (
            partition by window_days
            order by p_value desc nulls last, member_id asc nulls last, category asc nulls last
            rows between unbounded preceding and current row
        )) as q_value
    from stepped
),

-- a category is of high value when its average piece is worth more than that of all categories
values_of_categories as (
    select
        coalesce(category, 'unknown') as category,
        {{ safe_divide('sum(net_revenue)', 'sum(quantity)') }}
        > {{ safe_divide('sum(sum(net_revenue)) over ()', 'sum(sum(quantity)) over ()') }}
            as is_high_value
    from ({{ bought_lines() }}) as lines
    group by coalesce(category, 'unknown')
),

final as (
    select
        controlled.member_id,
        controlled.category,
        controlled.window_days,
        {{ as_of() }} as as_of,
        controlled.observed,
        cast(controlled.expected as double) as expected,
        controlled.p_value,
        cast(controlled.q_value as double) as q_value,
        controlled.q_value <= rules.false_discovery_rate
        and controlled.observed > controlled.expected as is_anomaly,
        coalesce(categories.is_high_value, false) as is_high_value,
        controlled.past_orders,
        controlled.known_days,
        controlled.window_orders,
        cast(controlled.window_pieces as double) as window_pieces,
        controlled.window_revenue,
        controlled.tests
    from controlled
    inner join {{ ref('anomaly_rules') }} as rules on controlled.window_days = rules.window_days
    left join values_of_categories as categories on controlled.category = categories.category
)

select * from final
