-- One row: a strategy, month, stratum, group, measure and time (before, after, change), with the
-- moments of the measure over the group's members. The change of a measure is after less before.
{%- set both = ['conversion', 'orders', 'net_revenue', 'margin'] %}
{%- set measures = {
    ('recency_days', 'before'): 'recency_days',
    ('retention_new', 'after'): 'retention_new',
    ('retention_old', 'after'): 'retention_old',
    ('satisfaction', 'after'): 'satisfaction',
} %}
{%- for measure in both %}
    {%- for at in ['before', 'after'] %}
        {%- do measures.update({(measure, at): measure ~ '_' ~ at}) %}
    {%- endfor %}
    {%- do measures.update({(measure, 'change'): measure ~ '_after - ' ~ measure ~ '_before'}) %}
{%- endfor %}
with valued as (
    {%- for key, expression in measures.items() %}
    select
        strategy,
        cohort_month,
        stratum,
        is_treated,
        '{{ key[0] }}' as measure,
        '{{ key[1] }}' as measured_at,
        cast({{ expression }} as decimal(18, 2)) as measured
    from {{ ref('scr_strategy_member') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        strategy,
        cohort_month,
        stratum,
        is_treated,
        measure,
        measured_at,
        count(*) as members,
        cast(sum(measured) as double) as total,
        cast(sum(measured * measured) as double) as total_square
    from valued
    where measured is not null
    group by strategy, cohort_month, stratum, is_treated, measure, measured_at
)

select * from final
