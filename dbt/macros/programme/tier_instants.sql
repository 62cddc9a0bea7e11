{#-
    The instants at which standards are looked at: when earnings change and on days new rules begin.
    reason: why a tier may be reached then; NULL where something was only taken back.
-#}
{% macro tier_instants() -%}
    select
        member_id,
        met_at,
        coalesce(max(case when cause = 'merge' then cause end), min(case
            when cause <> 'refund' and cause <> 'rule_change' then cause
        end), min(case when cause = 'rule_change' then cause end)) as reason
    from (
        select member_id, known_at as met_at, cause from {{ ref('tier_earning') }}
        union all
        select members.member_id, changes.changed_at as met_at, 'rule_change' as cause
        from (select distinct member_id from {{ ref('tier_earning') }}) as members
        cross join (
            select distinct {{ business_day_start('valid_from') }} as changed_at
            from {{ ref('tier_rules') }}
            where valid_from > (select min(valid_from) from {{ ref('tier_rules') }})
                and valid_from <= {{ as_of() }}
        ) as changes
    ) as asked
    group by member_id, met_at
{%- endmacro %}
