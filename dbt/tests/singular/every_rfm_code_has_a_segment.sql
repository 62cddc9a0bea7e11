{{ config(meta={'dagster': {'ref': {'name': 'rfm_segments'}}}) }}
{#- Every combination of scores is in a segment, and every segment is reached by one. -#}
with scores as (
    select boundary as score from {{ ref('rfm_boundary_rules') }} where dimension = 'recency'
    union
    select max(boundary) + 1 as score from {{ ref('rfm_boundary_rules') }}
),

cells as (
    select
        recency.score as r_score,
        frequency.score as f_score,
        monetary.score as m_score,
        min(segments.priority) as priority
    from scores as recency
    cross join scores as frequency
    cross join scores as monetary
    left join {{ ref('rfm_segments') }} as segments
        on recency.score between segments.r_from and segments.r_to
        and frequency.score between segments.f_from and segments.f_to
        and monetary.score between segments.m_from and segments.m_to
    group by recency.score, frequency.score, monetary.score
),

unreached as (
    select segments.segment
    from {{ ref('rfm_segments') }} as segments
    left join cells on segments.priority = cells.priority
    group by segments.segment
    having count(cells.priority) = 0
)

select 'no segment for ' || r_score || f_score || m_score as problem
from cells
where priority is null
union all
select 'no code for ' || segment as problem
from unreached
