{{ config(meta={'dagster': {'ref': {'name': 'rfm_migration'}}}) }}
{#- Whoever was in a segment a month ago went somewhere, and nobody came from nowhere. -#}
with sizes as (
    select
        {{ month_start('month_end') }} as month,
        segment,
        count(*) as members
    from {{ ref('member_rfm_monthly') }}
    group by {{ month_start('month_end') }}, segment
),

moves as (
    select
        month,
        from_segment,
        sum(members) as members
    from {{ ref('rfm_migration') }}
    where from_segment <> 'new'
    group by month, from_segment
),

arrivals as (
    select
        month,
        to_segment,
        sum(members) as members
    from {{ ref('rfm_migration') }}
    group by month, to_segment
)

select moves.month, moves.from_segment as segment
from moves
left join sizes
    on moves.month = {{ add_months('sizes.month', 1) }} and moves.from_segment = sizes.segment
where coalesce(sizes.members, 0) <> moves.members
union all
select sizes.month, sizes.segment
from sizes
left join arrivals on sizes.month = arrivals.month and sizes.segment = arrivals.to_segment
where coalesce(arrivals.members, 0) <> sizes.members
union all
select sizes.month, sizes.segment
from sizes
left join moves
    on moves.month = {{ add_months('sizes.month', 1) }} and moves.from_segment = sizes.segment
where
    coalesce(moves.members, 0) <> sizes.members
    and sizes.month < (select max(month) from sizes)
