{#-
    Booked entries of members as the replay takes them. Where expiry is by rule, what the channels
    booked as expiry is left out; what comes back without a redemption of its order opens a lot.
-#}
{% macro points_entries_replayed() -%}
    select
        entries.member_id,
        entries.points_entry_key as step_key,
        entries.entry_type,
        entries.reason,
        entries.order_key,
        entries.order_id,
        entries.occurred_at as happened_at,
        kinds.same_instant_order,
        kinds.movement,
        abs(entries.points) as points,
        case
            when kinds.effect = 'expire' then 'spend'
            when kinds.effect = 'return' and coalesce(
                min(case when kinds.effect = 'spend' then entries.occurred_at end) over (
                    partition by entries.member_id, entries.order_key
                ) > entries.occurred_at or entries.order_key is null, true
            ) then 'earn'
            else kinds.effect
        end as effect,
        case
            when rules.validity_source = 'entry' and entries.expires_at is not null
                then entries.expires_at
            else {{ business_day_start(add_days('entries.occurred_on', 'rules.validity_days')) }}
        end as expires_at
    from {{ ref('fct_points_entry') }} as entries
    inner join {{ ref('points_entry_rules') }} as kinds
        on entries.entry_type = kinds.entry_type and (entries.points > 0) = kinds.is_credit
    left join {{ ref('points_rules') }} as rules
        on {{ rule_in_force('rules', 'entries.occurred_on') }}
    left join {{ ref('points_rules') }} as today on {{ rule_in_force('today', as_of()) }}
    where entries.member_id is not null
        and entries.points <> 0
        and (kinds.effect <> 'expire' or today.expiry_source = 'booked')
{%- endmacro %}
