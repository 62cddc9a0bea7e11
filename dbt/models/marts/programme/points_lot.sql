-- One row: points earned at once, what was drawn from them and what is left.
with steps as (
    select * from {{ ref('points_step') }} where effect in ('earn', 'return')
),

drawn as (
    select
        lot_key,
        sum(points) as points,
        {%- for movement in ['redeemed', 'expired', 'reversed', 'adjusted'] %}
        sum(case when movement = '{{ movement }}' then points else 0 end) as {{ movement }}_points
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('points_draw') }}
    group by lot_key
),

given_back as (
    select step_key, sum(-points) as points
    from {{ ref('points_draw') }}
    where points < 0
    group by step_key
),

lots as (
    select steps.*, steps.points - coalesce(given_back.points, 0) as lot_points
    from steps
    left join given_back on steps.step_key = given_back.step_key and steps.effect = 'return'
),

final as (
    select
        lots.step_key as lot_key,
        lots.member_id,
        lots.reason,
        lots.order_key,
        lots.happened_at as earned_at,
        lots.expires_at,
        {{ business_date('lots.expires_at') }} as expires_on,
        cast(lots.lot_points as decimal(18, 2)) as points,
        {%- for movement in ['redeemed', 'expired', 'reversed', 'adjusted'] %}
        cast(coalesce(drawn.{{ movement }}_points, 0) as decimal(18, 2)) as {{ movement }}_points,
        {%- endfor %}
        cast(lots.lot_points - coalesce(drawn.points, 0) as decimal(18, 2)) as open_points
    from lots
    left join drawn on lots.step_key = drawn.lot_key
    where lots.lot_points > 0
)

select * from final
