{#- After CTEs `measures` and `rules`: the boundaries of every period and dimension: percentile_cont,
    written out on the distinct values, exact in decimals, the percentage a row of the rules. -#}
{% macro rfm_cuts(period) -%}
levels as (
    select
        {{ period }},
        dimension,
        measure_value,
        sum(count(*)) over by_value as until,
        sum(count(*)) over by_value - count(*) as below,
        sum(count(*)) over (partition by {{ period }}, dimension) - 1 as last_position,
        lead(measure_value) over by_value as next_value
    from measures
    group by {{ period }}, dimension, measure_value
    window by_value as (
        partition by {{ period }}, dimension order by measure_value asc nulls last
    )
),

cuts as (
    select
        levels.{{ period }},
        rules.dimension,
        rules.boundary,
        cast(case
            when rules.method = 'fixed' then rules.fixed_value
            when floor(rules.quantile * levels.last_position) + 1 < levels.until
                then levels.measure_value
            else levels.measure_value
                + (rules.quantile * levels.last_position
                    - floor(rules.quantile * levels.last_position))
                * (coalesce(levels.next_value, levels.measure_value) - levels.measure_value)
        end as decimal(18, 6)) as cut
    from rules
    inner join levels
        on rules.dimension = levels.dimension
        and levels.below <= floor(rules.quantile * levels.last_position)
        and levels.until > floor(rules.quantile * levels.last_position)
)
{%- endmacro %}
