-- One row: a member with at least one valid order, scored by the boundaries of this run.
with buyers as (
    select
        buyers.member_id,
        {{ rfm_measure('recency', 'buyers', 'rules') }} as recency,
        {{ rfm_measure('frequency', 'buyers', 'rules') }} as frequency,
        {{ rfm_measure('monetary', 'buyers', 'rules') }} as monetary
    from {{ ref('member_purchase') }} as buyers
    cross join {{ ref('rfm_rules') }} as rules
),

scored as (
    select
        buyers.*,
        {%- for dimension in ['recency', 'frequency', 'monetary'] %}
        {{ dimension }}_step.score as {{ dimension[0] }}_score,
        {%- endfor %}
        -- compared as sums, not as a rounded mean: exact
        recency * count(*) over () <= sum(recency) over () as is_recent,
        frequency * count(*) over () >= sum(frequency) over () as is_frequent,
        monetary * count(*) over () >= sum(monetary) over () as is_high_spend
    from buyers
    {%- for dimension in ['recency', 'frequency', 'monetary'] %}
    inner join {{ ref('rfm_boundaries') }} as {{ dimension }}_step
        on {{ dimension }}_step.dimension = '{{ dimension }}'
        and (buyers.{{ dimension }} > {{ dimension }}_step.lower
            or {{ dimension }}_step.lower is null)
        and (buyers.{{ dimension }} <= {{ dimension }}_step.upper
            or {{ dimension }}_step.upper is null)
    {%- endfor %}
),

cells as (
    select distinct r_score, f_score, m_score
    from scored
),

cell_segments as (
    select
        cells.r_score,
        cells.f_score,
        cells.m_score,
        min(segments.priority) as priority
    from cells
    inner join {{ ref('rfm_segments') }} as segments
        on cells.r_score between segments.r_from and segments.r_to
        and cells.f_score between segments.f_from and segments.f_to
        and cells.m_score between segments.m_from and segments.m_to
    group by cells.r_score, cells.f_score, cells.m_score
),

final as (
    select
        scored.member_id,
        {{ as_of() }} as as_of,
        cast(scored.recency as integer) as recency_days,
        cast(scored.frequency as bigint) as frequency,
        scored.monetary,
        scored.r_score,
        scored.f_score,
        scored.m_score,
        concat(scored.r_score, scored.f_score, scored.m_score) as rfm_code,
        segments.segment,
        segments.segment_zh,
        value_groups.value_group,
        value_groups.value_group_zh
    from scored
    left join cell_segments
        on scored.r_score = cell_segments.r_score
        and scored.f_score = cell_segments.f_score
        and scored.m_score = cell_segments.m_score
    left join {{ ref('rfm_segments') }} as segments
        on cell_segments.priority = segments.priority
    left join {{ ref('rfm_value_groups') }} as value_groups
        on scored.is_recent = value_groups.is_recent
        and scored.is_frequent = value_groups.is_frequent
        and scored.is_high_spend = value_groups.is_high_spend
)

select * from final
