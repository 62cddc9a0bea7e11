{#-
    The next end of each member's keep window: when it is looked at (after the days of grace) and by
    which standard (the one in force on the window's last day).
-#}
{% macro tier_due_checks() -%}
with windows as (
    select
        states.*,
        {{ business_date('states.period_at') }} as period_on,
        {{ add_days(business_date('states.period_at'), 'rules.keep_window_days') }} as ends_on,
        {{ add_days(business_date('states.period_at'), 'rules.keep_window_days + rules.grace_days') }}
            as check_on
    from {{ work_relation('tier_state') }} as states
    inner join {{ ref('tier_rules') }} as rules
        on states.tier_rank = rules.tier_rank
        and {{ rule_in_force('rules', business_date('states.period_at')) }}
    where rules.keep_window_days is not null
),

due as (
    select
        windows.*,
        {{ business_day_start('windows.ends_on') }} as ends_at,
        {{ business_day_start('windows.check_on') }} as check_at,
        rules.keep_metric,
        rules.keep_threshold,
        rules.downgrade_policy
    from windows
    inner join {{ ref('tier_rules') }} as rules
        on windows.tier_rank = rules.tier_rank
        and {{ rule_in_force('rules', add_days('windows.ends_on', -1)) }}
    where windows.check_on <= {{ as_of() }} and rules.keep_threshold is not null
)

select due.*, coalesce(earned.amount, 0) >= due.keep_threshold as is_kept
from due
left join (
    {{ tier_earned_in_period('due', 'due.check_at') }}
) as earned on due.member_id = earned.member_id
{%- endmacro %}
