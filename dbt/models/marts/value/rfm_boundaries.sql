-- One row: a score of a dimension as of this run, and the values it stands for:
-- lower < value <= upper, open where NULL. Equal values always get equal scores.
with rules as (
    select
        boundary_rules.*,
        rfm_rules.method
    from {{ ref('rfm_boundary_rules') }} as boundary_rules
    cross join {{ ref('rfm_rules') }} as rfm_rules
),

measures as (
    {%- for dimension in ['recency', 'frequency', 'monetary'] %}
    select
        '{{ dimension }}' as dimension,
        member_id,
        {{ rfm_measure(dimension, 'buyers', 'rfm_rules') }} as measure_value
    from {{ ref('member_purchase') }} as buyers
    cross join {{ ref('rfm_rules') }} as rfm_rules
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

ranked as (
    select
        dimension,
        measure_value,
        row_number() over by_value - 1 as position,
        count(*) over (partition by dimension) - 1 as last_position,
        lead(measure_value) over by_value as next_value
    from measures
    window by_value as (
        partition by dimension order by measure_value asc nulls last, member_id asc nulls last
    )
),

-- percentile_cont, written out: exact decimals, and the percentage is a row of the rules
cuts as (
    select
        rules.dimension,
        rules.boundary,
        cast(
            case
                when rules.method = 'fixed' then rules.fixed_value
                else ranked.measure_value
                    + (rules.quantile * ranked.last_position - ranked.position)
                    * (coalesce(ranked.next_value, ranked.measure_value) - ranked.measure_value)
            end
        as decimal(18, 6)) as cut
    from rules
    inner join ranked
        on rules.dimension = ranked.dimension
        and floor(rules.quantile * ranked.last_position) = ranked.position
),

steps as (
    select
        dimension,
        boundary as step,
        lag(cut) over (partition by dimension order by boundary asc nulls last) as lower_value,
        cut as upper_value
    from cuts
    union all
    select
        dimension,
        max(boundary) + 1 as step,
        max(cut) as lower_value,
        cast(null as decimal(18, 6)) as upper_value
    from cuts
    group by dimension
),

final as (
    select
        {{ as_of() }} as as_of,
        dimension,
        cast(
            case
                when dimension = 'recency'
                    then max(step) over (partition by dimension) + 1 - step
                else step
            end
        as integer) as score,
        lower_value as lower,
        upper_value as upper
    from steps
)

select * from final
