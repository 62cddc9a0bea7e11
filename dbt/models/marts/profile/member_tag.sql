-- One row: a span of months in which a member had a tag with a value. Tags of member_profile and
-- member_preference have no past: they hold at as_of and begin there.
-- The conditions of tags.csv are compiled in; the tables they may look at:
-- depends_on: {{ ref('member_profile') }}
-- depends_on: {{ ref('member_profile_monthly') }}
-- depends_on: {{ ref('member_preference') }}
-- depends_on: {{ ref('tags') }}
with holders as (
    {%- for tag in var('tags', []) %}
    {{ tag_holders(tag) }}
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

held as (
    select
        *,
        lag(month) over (
            partition by tag_code, member_id, tag_value order by month asc nulls first
        ) as previous_month
    from holders
    where tag_code is not null and tag_value is not null
),

numbered as (
    select
        *,
        sum(
            case
                when month is null or previous_month = {{ add_months('month', -1) }} then 0
                else 1
            end
        ) over (
            partition by tag_code, member_id, tag_value
            order by month asc nulls first
            rows between unbounded preceding and current row
        ) as span_number
    from held
),

spans as (
    select
        tag_code,
        member_id,
        tag_value,
        max_by(share, coalesce(month, {{ as_of() }})) as share,
        max_by(support, coalesce(month, {{ as_of() }})) as support,
        coalesce(min(month), {{ as_of() }}) as valid_from,
        case
            when max(month) < {{ month_start(as_of()) }} then {{ add_months('max(month)', 1) }}
        end as valid_to
    from numbered
    group by tag_code, member_id, tag_value, span_number
),

final as (
    select
        member_id,
        tag_code,
        tag_value,
        share,
        support,
        valid_from,
        valid_to,
        valid_to is null as is_current
    from spans
)

select * from final
