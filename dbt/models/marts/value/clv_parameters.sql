-- One row: a parameter of a model in this run, with how its fit ended. It is the fit on all until
-- as_of; the backtest's own parameters are not here.
with final as (
    select
        {{ as_of() }} as as_of,
        model,
        parameter,
        value,
        log_likelihood,
        converged,
        degenerate,
        is_chosen,
        reason,
        value_correlation,
        coalesce(abs(value_correlation) > rules.max_value_correlation, false)
            as is_value_dependent,
        buyers
    from {{ source('scores', 'scr_clv_parameter') }}
    cross join {{ ref('clv_rules') }} as rules
    where basis = 'fit'
)

select * from final
