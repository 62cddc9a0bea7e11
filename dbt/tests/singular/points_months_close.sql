{{ config(meta={'dagster': {'ref': {'name': 'points_movement'}}}) }}
{#- Every month opens as the one before closed, and the last closes at the sum of the balances. -#}
with months as (
    select
        *,
        lag(closing) over (order by movement_month asc nulls last) as previous_closing,
        lead(movement_month) over (order by movement_month asc nulls last) as next_month
    from {{ ref('points_movement') }}
)

select movement_month
from months
where opening <> coalesce(previous_closing, 0)
    or (
        next_month is null
        and closing <> (select sum(balance) from {{ ref('points_balance') }})
    )
