-- One row: a month of the programme: what came into the balances and what left them.
with booked as (
    select
        {{ month_start('happened_on') }} as movement_month,
        movement,
        case when effect in ('earn', 'return') then points else -points end as points
    from {{ ref('points_step') }}
    where effect in ('earn', 'return', 'spend', 'reverse')
    union all
    -- expiry by rule is booked by nobody
    select
        {{ month_start('draws.drawn_on') }} as movement_month,
        'expired' as movement,
        -draws.points as points
    from {{ ref('points_step') }} as steps
    inner join {{ ref('points_draw') }} as draws on steps.step_key = draws.step_key
    where steps.effect = 'expire'
),

months as (
    select distinct {{ month_start('days.date_day') }} as movement_month
    from {{ ref('dim_date') }} as days
    where days.date_day >= (select min(happened_on) from {{ ref('points_step') }})
),

sums as (
    select
        months.movement_month,
        coalesce(sum(booked.points), 0) as change,
        {%- for movement in ['earned', 'redeemed', 'expired', 'reversed', 'adjusted'] %}
        coalesce(sum(case when booked.movement = '{{ movement }}' then booked.points end), 0)
            as {{ movement }}{{ ',' if not loop.last }}
        {%- endfor %}
    from months
    left join booked on months.movement_month = booked.movement_month
    group by months.movement_month
),

running as (
    select
        sums.*,
        {%- for column in ['change', 'earned', 'redeemed', 'expired'] %}
        sum(sums.{{ column }}) over (
            order by sums.movement_month asc nulls last
            rows between unbounded preceding and current row
        ) as {{ column }}_so_far{{ ',' if not loop.last }}
        {%- endfor %}
    from sums
),

rated as (
    select
        running.*,
        rules.points_per_currency_unit,
        coalesce(rules.breakage_rate, {{ safe_divide(
            '-running.expired_so_far', '-(running.expired_so_far + running.redeemed_so_far)') }}, 0)
            as breakage_rate
    from running
    cross join {{ ref('points_rules') }} as rules
    where {{ rule_in_force('rules', as_of()) }}
),

final as (
    select
        movement_month,
        cast(change_so_far - change as decimal(18, 2)) as opening,
        cast(earned as decimal(18, 2)) as earned,
        cast(-redeemed as decimal(18, 2)) as redeemed,
        cast(-expired as decimal(18, 2)) as expired,
        cast(-reversed as decimal(18, 2)) as reversed,
        cast(adjusted as decimal(18, 2)) as adjusted,
        cast(change_so_far as decimal(18, 2)) as closing,
        {{ safe_divide('-redeemed_so_far', 'earned_so_far') }} as redemption_rate,
        cast(breakage_rate as double) as breakage_rate,
        {{ money('change_so_far / nullif(points_per_currency_unit, 0)') }} as face_amount,
        {{ money('change_so_far * (1 - breakage_rate) / nullif(points_per_currency_unit, 0)') }}
            as liability_amount,
        {{ money('-redeemed / nullif(points_per_currency_unit, 0)') }} as redeemed_amount
    from rated
)

select * from final
