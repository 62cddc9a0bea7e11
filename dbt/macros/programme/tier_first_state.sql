{#-
    Every member begins in the base tier, when first seen or with the first thing earned. Where no
    record of a member has a time (a list of customers without one), the member begins as of today.
-#}
{% macro tier_first_state() -%}
with earned as (
    select member_id, min(known_at) as began_at
    from {{ ref('tier_earning') }}
    group by member_id
),

members as (
    select
        member_id,
        coalesce(first_seen_at, {{ business_day_start(as_of()) }}) as first_seen_at
    from {{ ref('dim_member') }}
)

select
    members.member_id,
    0 as state_no,
    case
        when earned.began_at < members.first_seen_at then earned.began_at
        else members.first_seen_at
    end as began_at,
    0 as priority,
    0 as tier_rank,
    cast('join' as varchar(20)) as reason,
    members.first_seen_at as period_at,
    cast(null as timestamp) as basis_at,
    0 as safe_rank,
    members.first_seen_at as safe_period_at
from members
left join earned on members.member_id = earned.member_id
{%- endmacro %}
