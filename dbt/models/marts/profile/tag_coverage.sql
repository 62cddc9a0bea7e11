-- One row: a tag given at as_of, and how many of the members who could have it do.
-- The conditions of tags.csv are compiled in; the tables they may look at:
-- depends_on: {{ ref('member_profile') }}
-- depends_on: {{ ref('member_profile_monthly') }}
-- depends_on: {{ ref('member_preference') }}
with eligible as (
    {%- for tag in var('tags', []) %}
    {{ tag_holders(tag, only_eligible=true) }}
    union all
    {%- endfor %}
    select
        cast(null as varchar) as tag_code,
        cast(null as varchar) as member_id,
        cast(null as varchar) as tag_value,
        cast(null as double) as share,
        cast(null as bigint) as support,
        cast(null as date) as month
),

could as (
    select tag_code, count(distinct member_id) as eligible_members
    from eligible
    where month = {{ month_start(as_of()) }} or month is null
    group by tag_code
),

have as (
    select
        tag_code,
        count(distinct member_id) as tagged_members,
        count(distinct tag_value) as value_count
    from {{ ref('member_tag') }}
    where is_current
    group by tag_code
),

final as (
    select
        tags.tag_code,
        tags.tag,
        tags.tag_zh,
        tags.tag_type,
        tags.owner,
        {{ as_of() }} as as_of,
        coalesce(could.eligible_members, 0) as eligible_members,
        coalesce(have.tagged_members, 0) as tagged_members,
        coalesce(have.value_count, 0) as value_count,
        {{ safe_divide('coalesce(have.tagged_members, 0)', 'could.eligible_members') }} as coverage
    from {{ ref('tags') }} as tags
    left join could on tags.tag_code = could.tag_code
    left join have on tags.tag_code = have.tag_code
    where tags.valid_from <= {{ as_of() }}
        and (tags.valid_to >= {{ as_of() }} or tags.valid_to is null)
)

select * from final
