-- One row: a member with a ledger, and the points at as_of.
with booked as (
    select
        member_id,
        sum(case
            when effect in ('earn', 'return') then points
            when effect in ('spend', 'reverse') then -points
            else 0
        end) as points,
        min(happened_at) as first_entry_at,
        max(happened_at) as last_entry_at
    from {{ ref('points_step') }}
    group by member_id
),

-- what expired by rule is booked by nobody: only the replay knows how much was left
expired as (
    select steps.member_id, sum(draws.points) as points
    from {{ ref('points_step') }} as steps
    inner join {{ ref('points_draw') }} as draws on steps.step_key = draws.step_key
    where steps.effect = 'expire'
    group by steps.member_id
),

lots as (
    select
        lots.member_id,
        sum(lots.open_points) as open_points
    from {{ ref('points_lot') }} as lots
    group by lots.member_id
),

expiring as (
    select
        lots.member_id,
        {%- for horizon in ['30d', '60d', '90d'] %}
        sum(case when horizons.horizon = '{{ horizon }}' then lots.open_points else 0 end)
            as expiring_{{ horizon }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('points_lot') }} as lots
    inner join {{ ref('points_horizons') }} as horizons
        on {{ days_between(as_of(), 'lots.expires_on') }} <= horizons.days
    group by lots.member_id
),

pending as (
    select member_id, sum(points) as points
    from (
        select
            member_id, order_key,
            greatest(sum(case
                when effect = 'pending' then points
                when entry_type = 'activate' then -points
                else 0
            end), 0) as points
        from {{ ref('points_step') }}
        where effect = 'pending' or entry_type = 'activate'
        group by member_id, order_key
    ) as orders
    group by member_id
),

final as (
    select
        booked.member_id,
        cast(booked.points - coalesce(expired.points, 0) as decimal(18, 2)) as balance,
        cast(coalesce(pending.points, 0) as decimal(18, 2)) as pending,
        cast(coalesce(lots.open_points, 0) as decimal(18, 2)) as open_points,
        cast(
            coalesce(lots.open_points, 0) - booked.points + coalesce(expired.points, 0)
        as decimal(18, 2)) as owed_points,
        {%- for horizon in ['30d', '60d', '90d'] %}
        cast(coalesce(expiring.expiring_{{ horizon }}, 0) as decimal(18, 2))
            as expiring_{{ horizon }},
        {%- endfor %}
        booked.first_entry_at,
        booked.last_entry_at
    from booked
    left join expired on booked.member_id = expired.member_id
    left join lots on booked.member_id = lots.member_id
    left join expiring on booked.member_id = expiring.member_id
    left join pending on booked.member_id = pending.member_id
)

select * from final
