{#- The state each member is in at as_of, with the keep window that runs and its standard. -#}
{% macro tier_last_states() -%}
    select
        states.member_id,
        states.tier_rank,
        states.period_at,
        states.basis_at,
        {{ business_date('states.period_at') }} as period_on,
        {{ add_days(business_date('states.period_at'), 'begun.keep_window_days') }} as ends_on,
        {{ add_days(business_date('states.period_at'), 'begun.keep_window_days + begun.grace_days') }}
            as check_on,
        begun.keep_window_days,
        rules.keep_metric,
        rules.keep_threshold,
        rules.downgrade_policy
    from (
        select
            *,
            row_number() over (
                partition by member_id order by state_no desc nulls last
            ) as place
        from {{ ref('tier_path') }}
    ) as states
    inner join rules on states.tier_rank = rules.tier_rank
    left join {{ ref('tier_rules') }} as begun
        on states.tier_rank = begun.tier_rank
        and rules.keep_threshold is not null
        and {{ rule_in_force('begun', business_date('states.period_at')) }}
    where states.place = 1
{%- endmacro %}
