-- Who leaves the stages of a month is who enters those of the next: the transitions from a stage
-- add up to its members the month before, those to a stage to its members in the month.
with sizes as (
    select month, stage, count(*) as members
    from {{ ref('member_lifecycle_monthly') }}
    group by month, stage
),

entered as (
    select month, to_stage as stage, sum(members) as members
    from {{ ref('lifecycle_transition') }}
    group by month, to_stage
),

departed as (
    select {{ add_months('month', -1) }} as month, from_stage as stage, sum(members) as members
    from {{ ref('lifecycle_transition') }}
    where from_stage <> 'none'
    group by {{ add_months('month', -1) }}, from_stage
)

select sizes.month, sizes.stage
from sizes
left join entered on sizes.month = entered.month and sizes.stage = entered.stage
left join departed on sizes.month = departed.month and sizes.stage = departed.stage
where sizes.members is distinct from entered.members
    or (
        sizes.members is distinct from departed.members
        and sizes.month < {{ month_start(as_of()) }}
    )
