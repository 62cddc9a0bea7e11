-- One row: an activity that uses points (lottery, exchange, auction) in a month: who took part,
-- what it cost, and what participants bought after it against before.
-- The uplift is not causal: those who take part choose to.
with entries as (
    select
        reason as activity_code,
        {{ month_start('happened_on') }} as activity_month,
        member_id,
        happened_on,
        case when effect = 'spend' then points else 0 end as spent_points,
        case when effect = 'earn' then points else 0 end as won_points
    from {{ ref('points_step') }}
    where reason in ('lottery', 'exchange', 'auction') and effect in ('spend', 'earn')
),

participants as (
    select activity_code, activity_month, member_id, min(happened_on) as joined_on
    from entries
    group by activity_code, activity_month, member_id
),

bought as (
    select
        participants.activity_code,
        participants.activity_month,
        sum(case when orders.ordered_on < participants.joined_on then orders.net_revenue else 0 end)
            as before_amount,
        sum(case when orders.ordered_on > participants.joined_on then orders.net_revenue else 0 end)
            as after_amount
    from participants
    cross join {{ ref('points_rules') }} as rules
    inner join {{ ref('fct_order') }} as orders
        on participants.member_id = orders.member_id
        and orders.is_valid
        and orders.ordered_on <> participants.joined_on
        and orders.ordered_on >= {{ add_days('participants.joined_on', '-rules.uplift_days') }}
        and orders.ordered_on <= {{ add_days('participants.joined_on', 'rules.uplift_days') }}
    where
        {{ rule_in_force('rules', as_of()) }}
        and {{ add_days('participants.joined_on', 'rules.uplift_days') }} <= {{ as_of() }}
    group by participants.activity_code, participants.activity_month
),

complete as (
    select
        participants.activity_code, participants.activity_month,
        count(case
            when {{ add_days('participants.joined_on', 'rules.uplift_days') }} <= {{ as_of() }}
                then 1
        end) as members
    from participants
    cross join {{ ref('points_rules') }} as rules
    where {{ rule_in_force('rules', as_of()) }}
    group by participants.activity_code, participants.activity_month
),

sums as (
    select
        activity_code, activity_month,
        count(distinct member_id) as participants,
        count(*) as entries,
        sum(spent_points) as spent_points,
        sum(won_points) as won_points
    from entries
    group by activity_code, activity_month
),

final as (
    select
        sums.activity_code,
        sums.activity_month,
        sums.participants,
        sums.entries,
        cast(sums.spent_points as decimal(18, 2)) as spent_points,
        cast(sums.won_points as decimal(18, 2)) as won_points,
        {{ money('(sums.spent_points + sums.won_points)'
            ~ ' / nullif(rules.points_per_currency_unit, 0)') }} as cost_amount,
        complete.members as compared_members,
        cast(coalesce(bought.before_amount, 0) as decimal(18, 2)) as before_amount,
        cast(coalesce(bought.after_amount, 0) as decimal(18, 2)) as after_amount,
        {{ safe_divide('bought.after_amount - bought.before_amount', 'complete.members') }}
            as uplift_per_member
    from sums
    inner join complete
        on sums.activity_code = complete.activity_code
        and sums.activity_month = complete.activity_month
    left join bought
        on sums.activity_code = bought.activity_code
        and sums.activity_month = bought.activity_month
    cross join {{ ref('points_rules') }} as rules
    where {{ rule_in_force('rules', as_of()) }}
)

select * from final
