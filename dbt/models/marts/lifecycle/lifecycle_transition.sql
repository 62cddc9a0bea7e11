-- One row: the members who went from one stage to another in a month; those who stayed and those
-- who came (from 'none') included, so that rows add up to the stages of both months.
with final as (
    select
        month,
        coalesce(previous_stage, 'none') as from_stage,
        stage as to_stage,
        count(*) as members
    from {{ ref('member_lifecycle_monthly') }}
    group by month, coalesce(previous_stage, 'none'), stage
)

select * from final
