{#-
    Tiers given by hand, from the start of their first day to the end of their last; a grant without
    an end lasts the days programme_rules allows.
-#}
{% macro tier_grant_spans() -%}
    select
        grants.member_id,
        case when {{ business_day_start('grants.starts_on') }} < members.begun_at
            then members.begun_at else {{ business_day_start('grants.starts_on') }} end as began_at,
        {{ business_day_start(add_days('coalesce(grants.ends_on, '
            ~ add_days('grants.starts_on', 'rules.open_grant_days - 1') ~ ')', 1)) }} as until_at,
        tiers.tier_rank
    from {{ ref('fct_tier_grant') }} as grants
    inner join {{ ref('tier_rules') }} as tiers
        on grants.tier_code = tiers.tier_code
        and {{ rule_in_force('tiers', 'grants.starts_on') }}
    inner join (
        select member_id, min(began_at) as begun_at
        from {{ ref('tier_path') }}
        group by member_id
    ) as members on grants.member_id = members.member_id
    cross join {{ ref('programme_rules') }} as rules
{%- endmacro %}
