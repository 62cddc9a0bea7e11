-- One row: a strategy and a measure of the members it first contacted, before and after, beside
-- matched members it did not contact. It is no experiment: what the strata leave out may differ.
with effects as (
    select
        strategy,
        measure,
        max(case when measured_at <> 'before' then treated_members end) as treated_members,
        max(case when measured_at <> 'before' then matched_members end) as matched_members,
        max(case when measured_at <> 'before' then control_members end) as control_members,
        max(case when measured_at <> 'before' then strata end) as strata
        {%- for at in ['before', 'after'] %},
        max(case when measured_at = '{{ at }}' then matched_treated_mean end) as treated_{{ at }},
        max(case when measured_at = '{{ at }}' then matched_control_mean end) as control_{{ at }}
        {%- endfor %},
        max(case when measured_at = 'change' then 1 else 0 end) = 1 as is_change,
        {%- for column in ['difference', 'ci_low', 'ci_high', 'p_value'] %}
        coalesce(
            max(case when measured_at = 'change' then {{ column }} end),
            max(case when measured_at = 'after' then {{ column }} end)
        ) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ source('scores', 'scr_strategy_effect') }}
    group by strategy, measure
),

costs as (
    select rules.strategy, cast(sum(costs.amount) as decimal(18, 2)) as cost_amount
    from {{ ref('strategy_rules') }} as rules
    inner join {{ ref('dim_campaign') }} as campaigns on rules.objective = campaigns.objective
    inner join {{ ref('fct_marketing_cost') }} as costs
        on campaigns.campaign_key = costs.campaign_key and costs.spent_on >= rules.since_on
    group by rules.strategy
),

final as (
    select
        effects.strategy,
        rules.strategy_zh,
        effects.measure,
        effects.treated_members,
        effects.matched_members,
        effects.control_members,
        effects.strata,
        effects.treated_before,
        effects.treated_after,
        effects.control_before,
        effects.control_after,
        effects.is_change,
        effects.difference,
        effects.ci_low,
        effects.ci_high,
        effects.p_value,
        'matched, not randomised' as causal_note,
        costs.cost_amount
    from effects
    inner join {{ ref('strategy_rules') }} as rules on effects.strategy = rules.strategy
    left join costs on effects.strategy = costs.strategy
    where effects.treated_members is not null
)

select * from final
