{#-
    The tier after the running period if the member goes on at the pace of the period so far: the
    same one, or what the downgrade policy leaves.
-#}
{% macro tier_projections(states, kept) -%}
    select
        {{ states }}.member_id,
        case
            when {{ states }}.keep_threshold is null then {{ states }}.tier_rank
            when coalesce({{ kept }}.amount, 0) * {{ states }}.keep_window_days
                >= {{ states }}.keep_threshold * least(
                    {{ days_between(states ~ '.period_on', as_of()) }} + 1,
                    {{ states }}.keep_window_days
                ) then {{ states }}.tier_rank
            when {{ states }}.downgrade_policy = 'one_step' then coalesce(max(
                case when rules.tier_rank < {{ states }}.tier_rank then rules.tier_rank end), 0)
            else coalesce(max(case
                when rules.tier_rank <= {{ states }}.tier_rank
                    and earned.amount >= rules.upgrade_threshold then rules.tier_rank
            end), 0)
        end as tier_rank
    from {{ states }}
    left join {{ kept }} on {{ states }}.member_id = {{ kept }}.member_id
    cross join rules
    left join (
        select earnings.member_id, rules.tier_rank, sum(earnings.amount) as amount
        from {{ ref('tier_earning') }} as earnings
        inner join rules
            on earnings.metric = rules.upgrade_metric
            and coalesce(
                earnings.counts_on > {{ add_days(as_of(), '-rules.upgrade_window_days') }}, true)
        group by earnings.member_id, rules.tier_rank
    ) as earned
        on {{ states }}.member_id = earned.member_id and rules.tier_rank = earned.tier_rank
    group by
        {{ states }}.member_id, {{ states }}.tier_rank, {{ states }}.keep_threshold,
        {{ states }}.keep_window_days, {{ states }}.downgrade_policy, {{ states }}.period_on,
        {{ kept }}.amount
{%- endmacro %}
