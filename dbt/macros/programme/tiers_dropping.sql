{#-
    member_tier, and whether the tier is about to drop: its period ends soon and what was earned in it
    does not keep the tier yet.
-#}
{% macro tiers_dropping() -%}
    select
        held.*,
        coalesce(
            held.to_keep > 0
            and held.projected_tier <> held.tier_code
            and held.days_left <= rules.tier_drop_days,
            false
        ) as is_dropping
    from {{ ref('member_tier') }} as held
    cross join {{ ref('profile_rules') }} as rules
{%- endmacro %}
