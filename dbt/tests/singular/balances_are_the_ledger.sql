{{ config(meta={'dagster': {'ref': {'name': 'points_balance'}}}) }}
{#-
    Where channels book expiry, a balance is the plain sum of what they booked, announcements left
    out; where points expire by rule, of everything else less what the replay let expire.
-#}
with rules as (
    select expiry_source from {{ ref('points_rules') }} as rules
    where {{ rule_in_force('rules', as_of()) }}
),

booked as (
    select entries.member_id, sum(entries.points) as points
    from {{ ref('fct_points_entry') }} as entries
    cross join rules
    where
        entries.entry_type <> 'pending'
        and (entries.entry_type <> 'expire' or entries.points > 0 or rules.expiry_source = 'booked')
    group by entries.member_id
),

expired as (
    select draws.member_id, sum(draws.points) as points
    from {{ ref('points_draw') }} as draws
    inner join {{ ref('points_step') }} as steps on draws.step_key = steps.step_key
    where steps.effect = 'expire'
    group by draws.member_id
)

select balances.member_id
from {{ ref('points_balance') }} as balances
left join booked on balances.member_id = booked.member_id
left join expired on balances.member_id = expired.member_id
where balances.balance <> coalesce(booked.points, 0) - coalesce(expired.points, 0)
