-- One row: a buyer seen from a basis: 'fit' is all until as_of, 'backtest' is all until the cut,
-- a window earlier, with what came after it. A buyer whose first order is after the cut is no row
-- of 'backtest'.
with buyers as (
    select
        member_id,
        min(moved_on) as first_on
    from {{ ref('scr_purchase_day') }}
    where is_purchase
    group by member_id
),

history as (
    select {{ days_between('min(first_on)', as_of()) }} as history_days
    from buyers
),

windows as (
    select
        least(
            rules.backtest_window_days,
            cast(floor(history.history_days * rules.backtest_max_share) as integer)
        ) as window_days
    from history
    cross join {{ ref('clv_rules') }} as rules
),

cuts as (
    select 'fit' as basis, {{ as_of() }} as cut_on, 0 as window_days
    from windows
    union all
    select 'backtest' as basis, {{ add_days(as_of(), '-window_days') }} as cut_on, window_days
    from windows
    where window_days > 0
),

days as (
    select
        cuts.basis,
        cuts.cut_on,
        cuts.window_days,
        buyers.member_id,
        buyers.first_on,
        days.is_purchase,
        days.moved_on,
        days.net_revenue,
        days.moved_on <= cuts.cut_on as is_known
    from buyers
    inner join cuts on buyers.first_on <= cuts.cut_on
    inner join {{ ref('scr_purchase_day') }} as days on buyers.member_id = days.member_id
),

final as (
    select
        basis,
        member_id,
        max(cut_on) as cut_on,
        max(window_days) as window_days,
        count(case when is_known and is_purchase then moved_on end) - 1 as frequency,
        {{ days_between(
            'min(first_on)', 'max(case when is_known and is_purchase then moved_on end)'
        ) }} as recency_days,
        {{ days_between('min(first_on)', 'max(cut_on)') }} as age_days,
        cast(sum(
            case when is_known and moved_on > first_on then net_revenue else 0 end
        ) as decimal(18, 2)) as repeat_revenue,
        count(case when not is_known and is_purchase then moved_on end) as holdout_frequency,
        cast(sum(case when not is_known then net_revenue else 0 end) as decimal(18, 2))
            as holdout_revenue
    from days
    group by basis, member_id
)

select * from final
