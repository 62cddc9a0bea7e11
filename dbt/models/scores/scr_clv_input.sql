-- One row: a distinct (frequency, recency, age) of a basis, in whole days, and how many buyers
-- have it. It is all the likelihood needs of them: nothing is lost, nothing is rounded.
with final as (
    select
        basis,
        frequency,
        recency_days,
        age_days,
        count(*) as members
    from {{ ref('scr_clv_member') }}
    group by basis, frequency, recency_days, age_days
)

select * from final
