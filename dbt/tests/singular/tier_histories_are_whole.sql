{{ config(meta={'dagster': {'ref': {'name': 'member_tier_history'}}}) }}
{#- Every member has tiers from first to last without gap or overlap, and one open row. -#}
with versions as (
    select
        *,
        lead(valid_from) over (
            partition by member_id order by version_no asc nulls last
        ) as next_from
    from {{ ref('member_tier_history') }}
)

select member_id, 'gap or overlap' as problem
from versions
where coalesce(valid_to <> next_from, (valid_to is null) <> (next_from is null))
union all
select members.member_id, 'no open row' as problem
from {{ ref('dim_member') }} as members
left join versions on members.member_id = versions.member_id and versions.is_current
where versions.member_id is null
