{#-
  Two CTEs after rfm_cuts: the scores of every period and dimension, and the values each stands for:
  lower < value <= upper, open where NULL. Recency scores fall as days rise.
-#}
{% macro rfm_steps(period) -%}
steps as (
    select
        {{ period }},
        dimension,
        boundary as step,
        lag(cut) over (
            partition by {{ period }}, dimension order by boundary asc nulls last
        ) as lower_value,
        cut as upper_value
    from cuts
    union all
    select
        {{ period }},
        dimension,
        max(boundary) + 1 as step,
        max(cut) as lower_value,
        cast(null as decimal(18, 6)) as upper_value
    from cuts
    group by {{ period }}, dimension
),

final as (
    select
        {{ period }},
        dimension,
        cast(case
            when dimension = 'recency'
                then max(step) over (partition by {{ period }}, dimension) + 1 - step
            else step
        end as integer) as score,
        lower_value as lower,
        upper_value as upper
    from steps
)
{%- endmacro %}
