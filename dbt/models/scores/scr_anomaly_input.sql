-- One row: a distinct pair of observed and expected purchases, and how many members have it.
with final as (
    select observed, expected, count(*) as pairs
    from {{ ref('scr_anomaly_pair') }}
    group by observed, expected
)

select * from final
