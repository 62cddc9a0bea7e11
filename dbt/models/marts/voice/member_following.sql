-- One row: a member and a month: the lifecycle stage before it began, and what the member bought in
-- the months that follow it. Only months of which all that follow are over: a base to compare who
-- joined a community or needed service with members who were like them.
with bought as (
    select
        member_id,
        {{ month_start('ordered_on') }} as month,
        count(*) as orders,
        sum(net_revenue) as net_revenue
    from {{ ref('fct_order') }}
    where is_valid and member_id is not null
    group by member_id, {{ month_start('ordered_on') }}
),

states as (
    select
        states.member_id,
        {{ add_months('states.month', 1) }} as month,
        {{ add_months('states.month', '1 + rules.follow_months') }} as follow_to,
        states.stage
    from {{ ref('member_lifecycle_monthly') }} as states
    cross join {{ ref('voice_rules') }} as rules
),

final as (
    select
        states.member_id,
        states.month,
        states.stage,
        coalesce(members.registration_channel, 'unknown') as registration_channel,
        cast(coalesce(sum(bought.orders), 0) as bigint) as following_orders,
        cast(coalesce(sum(bought.net_revenue), 0) as decimal(18, 2)) as following_net_revenue
    from states
    inner join {{ ref('dim_member') }} as members on states.member_id = members.member_id
    left join bought
        on states.member_id = bought.member_id
        and bought.month > states.month
        and bought.month <= states.follow_to
    where {{ month_end('states.follow_to') }} <= {{ as_of() }}
    group by
        states.member_id,
        states.month,
        states.stage,
        coalesce(members.registration_channel, 'unknown')
)

select * from final
