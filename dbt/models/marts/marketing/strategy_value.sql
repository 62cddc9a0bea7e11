-- One row: a strategy, and what members it first contacted are worth today beside matched members
-- it did not contact. Both were alike before, so the difference is the change since, as far as the
-- strata go.
with cells as (
    select
        members.strategy,
        members.cohort_month,
        members.stratum,
        members.is_treated,
        count(*) as members,
        sum(values_of.clv_total) as total,
        sum(values_of.clv_total * values_of.clv_total) as total_square
    from {{ ref('scr_strategy_member') }} as members
    inner join {{ ref('member_clv') }} as values_of on members.member_id = values_of.member_id
    where values_of.clv_total is not null
    group by members.strategy, members.cohort_month, members.stratum, members.is_treated
),

moments as (
    select
        cells.*,
        {{ safe_divide('total', 'members') }} as mean,
        greatest(
            cast(total_square as double)
            - {{ safe_divide('cast(total as double) * cast(total as double)', 'members') }},
            0
        ) / nullif(members - 1, 0) as variance
    from cells
),

matched as (
    select
        treated.strategy,
        treated.members,
        others.members as control_members,
        cast(treated.members * treated.mean as decimal(38, 6)) as treated_total,
        cast(treated.members * others.mean as decimal(38, 6)) as control_total,
        -- (members)^2 (variance of the two means): exact sums give the same figures every time
        cast(
            treated.members * treated.variance
            + treated.members * treated.members * others.variance / nullif(others.members, 0)
        as decimal(38, 6)) as error_square
    from moments as treated
    inner join moments as others
        on treated.strategy = others.strategy
        and treated.cohort_month = others.cohort_month
        and treated.stratum = others.stratum
        and not others.is_treated
    inner join {{ ref('strategy_rules') }} as rules
        on treated.strategy = rules.strategy
        and treated.members >= rules.min_stratum_members
        and others.members >= rules.min_stratum_members
    where treated.is_treated and treated.members > 1 and others.members > 1
),

summed as (
    select
        strategy,
        sum(members) as matched_members,
        sum(control_members) as control_members,
        {{ safe_divide('sum(treated_total)', 'sum(members)') }} as treated_clv,
        {{ safe_divide('sum(control_total)', 'sum(members)') }} as control_clv,
        sqrt(cast(sum(error_square) as double)) / nullif(sum(members), 0) as error
    from matched
    group by strategy
),

final as (
    select
        summed.strategy,
        rules.strategy_zh,
        cast(summed.matched_members as bigint) as matched_members,
        cast(summed.control_members as bigint) as control_members,
        {{ money('summed.treated_clv') }} as treated_clv,
        {{ money('summed.control_clv') }} as control_clv,
        {{ money('summed.treated_clv - summed.control_clv') }} as difference,
        {%- for end, sign in {'ci_low': '-', 'ci_high': '+'}.items() %}
        {{ money(
            'summed.treated_clv - summed.control_clv ' ~ sign ~ ' quantiles.z * summed.error'
        ) }} as {{ end }},
        {%- endfor %}
        'matched, not randomised' as causal_note
    from summed
    inner join {{ ref('strategy_rules') }} as rules on summed.strategy = rules.strategy
    cross join {{ source('scores', 'scr_strategy_quantile') }} as quantiles
)

select * from final
