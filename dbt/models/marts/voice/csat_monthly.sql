-- One row: a month and a slice: satisfaction over the newest CSAT answer of each respondent.
with newest as (
    {{ voice_newest('csat') }}
),

counted as (
    select
        month,
        slice_type,
        slice,
        count(*) as responses,
        count(case when is_satisfied then 1 end) as satisfied,
        cast(avg(cast(score as decimal(9, 3))) as double) as average_score
    from newest
    group by month, slice_type, slice
),

final as (
    select
        counted.month,
        counted.slice_type,
        counted.slice,
        counted.responses,
        counted.satisfied,
        counted.average_score,
        {{ safe_divide('counted.satisfied', 'counted.responses') }} as csat,
        rules.confidence_z * sqrt(
            {{ safe_divide('counted.satisfied', 'counted.responses') }}
            * (1 - {{ safe_divide('counted.satisfied', 'counted.responses') }})
            / nullif(counted.responses, 0)
        ) as margin_of_error
    from counted
    cross join {{ ref('voice_rules') }} as rules
)

select * from final
