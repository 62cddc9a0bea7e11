{#-
    The highest tier whose upgrade standard was met at an instant, by what had been entered until
    then and is known at another. Nothing where none was met.
    places: a relation with member_id, entered_until, known_until; its windows end on the business
    day of entered_until.
-#}
{% macro tier_reached(places) -%}
    select member_id, known_until, max(tier_rank) as tier_rank
    from (
        select places.member_id, places.known_until, rules.tier_rank
        from {{ places }} as places
        inner join {{ ref('tier_rules') }} as rules
            on {{ rule_in_force('rules', business_date('places.entered_until')) }}
        inner join {{ ref('tier_earning') }} as earnings
            on places.member_id = earnings.member_id
            and rules.upgrade_metric = earnings.metric
            and earnings.entered_at <= places.entered_until
            and earnings.known_at <= places.known_until
            and coalesce(
                earnings.counts_on > {{ add_days(
                    business_date('places.entered_until'), '-rules.upgrade_window_days') }},
                true
            )
        group by places.member_id, places.known_until, rules.tier_rank, rules.upgrade_threshold
        having sum(earnings.amount) >= rules.upgrade_threshold
    ) as met
    group by member_id, known_until
{%- endmacro %}
