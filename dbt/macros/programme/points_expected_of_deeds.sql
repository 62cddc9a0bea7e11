{#-
    Points for deeds with a fixed reward (check-in, share, review, registration) by member and month:
    so many per deed, at most so many a day and a month. Other reasons have no rule.
-#}
{% macro points_expected_of_deeds() -%}
    select
        member_id || ':' || reason || ':' || cast(earned_month as varchar(20)) as check_key,
        member_id, reason, cast(null as varchar(200)) as order_key, earned_month,
        coalesce(case
            when sum(day_points) > max(max_per_month) then max(max_per_month)
            else sum(day_points)
        end, 0) as expected_points,
        sum(booked_points) as actual_points,
        0 as expected_reversed, 0 as actual_reversed,
        max(case when points_per_unit is null then 0 else 1 end) = 1 as has_rule,
        true as is_known, true as is_enrolled, false as is_pending,
        sum(booked_points) > sum(day_points)
        or coalesce(sum(day_points) > max(max_per_month), false) as is_capped
    from (
        select
            steps.member_id, coalesce(steps.reason, 'none') as reason, steps.happened_on,
            {{ month_start('steps.happened_on') }} as earned_month,
            rules.points_per_unit, rules.max_per_month,
            sum(steps.points) as booked_points,
            case
                when count(*) * rules.points_per_unit > rules.max_per_day then rules.max_per_day
                else count(*) * rules.points_per_unit
            end as day_points
        from {{ ref('points_step') }} as steps
        left join {{ ref('points_earn_rules') }} as rules
            on steps.reason = rules.reason and rules.basis = 'entry'
            and {{ rule_in_force('rules', 'steps.happened_on') }}
        where steps.effect = 'earn' and coalesce(steps.reason <> 'purchase', true)
        group by steps.member_id, steps.reason, steps.happened_on, rules.points_per_unit,
            rules.max_per_month, rules.max_per_day
    ) as days
    group by member_id, reason, earned_month
{%- endmacro %}
