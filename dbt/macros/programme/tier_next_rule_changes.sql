{#-
    The first moment the rules do not have the member's tier: the start of a day with other rules, or
    at once where a refund gave back a tier that is gone. Down to the next tier there is.
-#}
{% macro tier_next_rule_changes() -%}
with changes as (
    select valid_from as changed_on from {{ ref('tier_rules') }}
    union
    select {{ add_days('valid_to', 1) }} as changed_on
    from {{ ref('tier_rules') }}
    where valid_to is not null
),

moments as (
    select member_id, tier_rank, began_at as changed_at, 6 as priority,
        {{ business_date('began_at') }} as changed_on
    from {{ work_relation('tier_state') }}
    where tier_rank > 0
    union all
    select states.member_id, states.tier_rank, {{ business_day_start('changes.changed_on') }}, 2,
        changes.changed_on
    from {{ work_relation('tier_state') }} as states
    inner join changes
        on {{ business_day_start('changes.changed_on') }} > states.began_at
        and changes.changed_on <= {{ as_of() }}
    where states.tier_rank > 0
),

lost as (
    select moments.member_id, moments.changed_at, moments.priority,
        coalesce(max(case when rules.tier_rank < moments.tier_rank then rules.tier_rank end), 0)
            as next_rank
    from moments
    left join {{ ref('tier_rules') }} as rules on {{ rule_in_force('rules', 'moments.changed_on') }}
    group by moments.member_id, moments.tier_rank, moments.changed_at, moments.priority
    having count(case when rules.tier_rank = moments.tier_rank then 1 end) = 0
)
{{ tier_lost_states() }}
{%- endmacro %}
