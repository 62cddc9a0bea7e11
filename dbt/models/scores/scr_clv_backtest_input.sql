-- One row: a distinct history before the cut and number of purchase days after it, with its buyers.
-- The history is all the models see; what came after it only judges them.
with final as (
    select
        frequency,
        recency_days,
        age_days,
        holdout_frequency,
        max(window_days) as window_days,
        count(*) as members,
        -- a buyer who gave back more than was bought counts as worth nothing, as in the model
        cast(sum(case when repeat_revenue > 0 then repeat_revenue else 0 end) as decimal(18, 2))
            as repeat_revenue,
        cast(sum(holdout_revenue) as decimal(18, 2)) as holdout_revenue
    from {{ ref('scr_clv_member') }}
    where basis = 'backtest'
    group by frequency, recency_days, age_days, holdout_frequency
)

select * from final
