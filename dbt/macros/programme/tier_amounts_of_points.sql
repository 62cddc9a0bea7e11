{#-
    Metric growth_points: points earned, less earnings reversed; what is spent changes nothing.
    A reversal takes back what its order earned, on the day it was earned.
-#}
{% macro tier_amounts_of_points(joined) -%}
    select
        member_id,
        'growth_points' as metric,
        case when order_at > own_at then order_at else own_at end as known_at,
        coalesce(order_at, own_at) as entered_at,
        coalesce(order_on, occurred_on) as counts_on,
        case when points < 0 then 'refund' when own_at > occurred_at then 'merge' else 'points' end
            as cause,
        points as amount
    from (
        select
            *,
            case when points < 0 and order_key is not null then min(earned_at) over (
                partition by member_id, order_key
            ) end as order_at,
            case when points < 0 and order_key is not null then min(earned_on) over (
                partition by member_id, order_key
            ) end as order_on
        from (
            select
                entries.*,
                {{ latest_of('entries.occurred_at', 'joined.joined_at') }} as own_at,
                case when entries.points > 0 then
                    {{ latest_of('entries.occurred_at', 'joined.joined_at') }} end as earned_at,
                case when entries.points > 0 then entries.occurred_on end as earned_on
            from {{ ref('fct_points_entry') }} as entries
            inner join {{ ref('points_entry_rules') }} as rules
                on entries.entry_type = rules.entry_type
                and (entries.points > 0) = rules.is_credit and rules.counts_as_growth
            left join {{ joined }} as joined on entries.record_key = joined.record_key
            where entries.member_id is not null and entries.points <> 0
        ) as entered
    ) as earned
{%- endmacro %}
