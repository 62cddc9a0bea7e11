{#- What the end of a keep window does: another period, or a lower tier by the rule's policy. -#}
{% macro tier_next_ends() -%}
with lower_tiers as (
    select checks.member_id, max(rules.tier_rank) as tier_rank
    from {{ work_relation('tier_check') }} as checks
    inner join {{ ref('tier_rules') }} as rules
        on rules.tier_rank < checks.tier_rank
        and {{ rule_in_force('rules', 'checks.check_on') }}
    where not checks.is_kept
    group by checks.member_id
),

places as (
    select member_id, check_at as entered_until, check_at as known_until
    from {{ work_relation('tier_check') }}
    where not is_kept and downgrade_policy = 'to_earned'
),

reached as ({{ tier_reached('places') }}),

decided as (
    select
        checks.*,
        case
            when checks.is_kept then checks.tier_rank
            when checks.downgrade_policy = 'one_step' then coalesce(lower_tiers.tier_rank, 0)
            else least(coalesce(reached.tier_rank, 0), checks.tier_rank)
        end as next_rank
    from {{ work_relation('tier_check') }} as checks
    left join lower_tiers on checks.member_id = lower_tiers.member_id
    left join reached on checks.member_id = reached.member_id
)

{{ tier_end_states('decided') }}
{%- endmacro %}
