{#-
    Where expiry is by rule: the instants at which lots of a member end, and those at which points
    come back that may belong to a lot that has ended. points: the most that may expire then.
-#}
{% macro points_expiries_by_rule(entries) -%}
    select
        ends.member_id,
        'expiry:' || ends.same_instant_order || ':' || ends.happened_at || ':' || ends.member_id
            as step_key,
        'expire' as entry_type,
        cast(null as varchar(20)) as reason,
        cast(null as varchar(200)) as order_key,
        cast(null as varchar(200)) as order_id,
        ends.happened_at,
        ends.same_instant_order,
        'expired' as movement,
        sum(ends.points) as points,
        'expire' as effect,
        cast(null as timestamp) as expires_at
    from (
        select entries.member_id, entries.expires_at as happened_at, entries.points,
            kinds.same_instant_order
        from {{ entries }} as entries
        inner join {{ ref('points_entry_rules') }} as kinds
            on kinds.effect = 'expire' and not kinds.is_credit
        where entries.effect in ('earn', 'return')
            and entries.expires_at > entries.happened_at
            and entries.expires_at < {{ as_of_end() }}
        union all
        select member_id, happened_at, points, same_instant_order + 1
        from {{ entries }}
        where effect = 'return' or (effect = 'earn' and expires_at <= happened_at)
    ) as ends
    inner join {{ ref('points_rules') }} as today
        on {{ rule_in_force('today', as_of()) }} and today.expiry_source = 'rule'
    group by ends.member_id, ends.happened_at, ends.same_instant_order
{%- endmacro %}
