-- One row: a buyer on the end of a complete month, scored by the boundaries of that month's end:
-- what member_rfm would have been then, with what is known now of refunds.
{%- set dimensions = {
    'recency': 'recency_days', 'frequency': 'frequency', 'monetary': 'monetary'
} %}
{%- set scores = range(1, 6) %}
-- Boundaries side by side: a join on ranges is far slower over so many rows.
with cuts as (
    select
        month_end,
        max(case when dimension = 'recency' then score end) as best_recency
        {%- for dimension in dimensions %}
        {%- for score in scores %},
        max(case when dimension = '{{ dimension }}' and score = {{ score }} then lower end)
            as {{ dimension }}_{{ score }}
        {%- endfor %}
        {%- endfor %}
    from {{ ref('rfm_boundaries_monthly') }}
    group by month_end
),

counted as (
    select
        buyers.*,
        cuts.best_recency,
        {%- for dimension, value in dimensions.items() %}
        {%- for score in scores %}
        {{ '+ ' if not loop.first }}case
            when buyers.{{ value }} > cuts.{{ dimension }}_{{ score }} then 1 else 0
        end
        {%- endfor %} as {{ dimension }}_above,
        {%- endfor %}
        -- compared as sums, not as a rounded mean: exact
        recency_days * count(*) over by_month <= sum(recency_days) over by_month as is_recent,
        frequency * count(*) over by_month >= sum(frequency) over by_month as is_frequent,
        monetary * count(*) over by_month >= sum(monetary) over by_month as is_high_spend
    from {{ ref('member_purchase_monthly') }} as buyers
    inner join cuts on buyers.month_end = cuts.month_end
    window by_month as (partition by buyers.month_end)
),

scored as (
    select
        counted.*,
        cast(best_recency - recency_above as integer) as r_score,
        cast(frequency_above + 1 as integer) as f_score,
        cast(monetary_above + 1 as integer) as m_score
    from counted
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
