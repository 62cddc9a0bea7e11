-- One row: a tenth of the buyers before the cut, by the orders predicted for the window after it
-- (1: most), or everybody (0). Nothing of the window was known to what predicted it.
with final as (
    select
        {{ as_of() }} as as_of,
        decile,
        {{ add_days(as_of(), '-window_days') }} as cut_on,
        window_days,
        members,
        predicted_orders,
        actual_orders,
        {{ money('predicted_revenue') }} as predicted_revenue,
        {{ money('actual_revenue') }} as actual_revenue,
        bias,
        mae,
        rmse,
        correlation,
        top_decile_value_share,
        own_rate_predicted_orders as own_rate_orders,
        own_rate_bias,
        own_rate_mae,
        own_rate_rmse,
        own_rate_correlation,
        own_rate_top_decile_value_share,
        zero_bias,
        zero_mae,
        zero_rmse,
        zero_top_decile_value_share
    from {{ source('scores', 'scr_clv_backtest') }}
)

select * from final
