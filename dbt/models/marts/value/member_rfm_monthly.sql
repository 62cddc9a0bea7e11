-- One row: a buyer on the end of a complete month, scored by the boundaries of that month's end:
-- what member_rfm would have been then, with what is known now of refunds.
with scored as (
    select
        buyers.*,
        {%- for dimension in ['recency', 'frequency', 'monetary'] %}
        {{ dimension }}_step.score as {{ dimension[0] }}_score,
        {%- endfor %}
        -- compared as sums, not as a rounded mean: exact
        recency_days * count(*) over by_month <= sum(recency_days) over by_month as is_recent,
        frequency * count(*) over by_month >= sum(frequency) over by_month as is_frequent,
        monetary * count(*) over by_month >= sum(monetary) over by_month as is_high_spend
    from {{ ref('member_purchase_monthly') }} as buyers
    {%- for dimension, value in [
        ('recency', 'recency_days'), ('frequency', 'frequency'), ('monetary', 'monetary')
    ] %}
    inner join {{ ref('rfm_boundaries_monthly') }} as {{ dimension }}_step
        on {{ dimension }}_step.dimension = '{{ dimension }}'
        and buyers.month_end = {{ dimension }}_step.month_end
        and (buyers.{{ value }} > {{ dimension }}_step.lower
            or {{ dimension }}_step.lower is null)
        and (buyers.{{ value }} <= {{ dimension }}_step.upper
            or {{ dimension }}_step.upper is null)
    {%- endfor %}
    window by_month as (partition by buyers.month_end)
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
        scored.month_end,
        scored.recency_days,
        scored.frequency,
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
    inner join cell_segments
        on scored.r_score = cell_segments.r_score
        and scored.f_score = cell_segments.f_score
        and scored.m_score = cell_segments.m_score
    inner join {{ ref('rfm_segments') }} as segments
        on cell_segments.priority = segments.priority
    inner join {{ ref('rfm_value_groups') }} as value_groups
        on scored.is_recent = value_groups.is_recent
        and scored.is_frequent = value_groups.is_frequent
        and scored.is_high_spend = value_groups.is_high_spend
)

select * from final
