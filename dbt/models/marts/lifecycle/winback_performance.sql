-- One row: a campaign that wins members back, the lapsed members it contacted, and who came back.
-- A hold-out is shown beside it; what the campaign caused is for campaign_performance to say.
with contacts as (
    select
        touches.campaign_key,
        campaigns.objective,
        touches.member_id,
        coalesce(touches.is_control, false) as is_control,
        min(touches.sent_at) as contacted_at,
        min(touches.sent_on) as contacted_on
    from {{ ref('fct_touch') }} as touches
    inner join {{ ref('dim_campaign') }} as campaigns
        on touches.campaign_key = campaigns.campaign_key
    where touches.member_id is not null
        and campaigns.objective in (select objective from {{ ref('winback_rules') }})
    group by
        touches.campaign_key, campaigns.objective, touches.member_id,
        coalesce(touches.is_control, false)
),

lapsed as (
    select contacts.*, rules.return_days
    from contacts
    left join {{ ref('member_lifecycle_monthly') }} as stages
        on contacts.member_id = stages.member_id
        and stages.month = {{ add_months(month_start('contacts.contacted_on'), -1) }}
    left join {{ ref('winback_rules') }} as rules
        on contacts.objective = rules.objective and stages.stage = rules.stage
),

returns as (
    select
        lapsed.campaign_key,
        lapsed.is_control,
        lapsed.member_id,
        sum(orders.net_revenue) as net_revenue
    from lapsed
    inner join {{ ref('fct_order') }} as orders
        on lapsed.member_id = orders.member_id
        and orders.is_valid
        and orders.ordered_at > lapsed.contacted_at
        and {{ days_between('lapsed.contacted_on', 'orders.ordered_on') }} <= lapsed.return_days
    group by lapsed.campaign_key, lapsed.is_control, lapsed.member_id
),

counted as (
    select
        lapsed.campaign_key,
        min(lapsed.contacted_on) as first_contacted_on,
        max({{ add_days('lapsed.contacted_on', 'lapsed.return_days') }}) as complete_on,
        count(case when not lapsed.is_control then 1 end) as contacted_members,
        count(case when not lapsed.is_control then lapsed.return_days end) as lapsed_members,
        count(case when not lapsed.is_control then returns.member_id end) as returned_members,
        count(case when lapsed.is_control then lapsed.return_days end) as holdout_members,
        count(case when lapsed.is_control then returns.member_id end) as holdout_returned_members,
        sum(case when not lapsed.is_control then returns.net_revenue end) as net_revenue
    from lapsed
    left join returns
        on lapsed.campaign_key = returns.campaign_key
        and lapsed.is_control = returns.is_control
        and lapsed.member_id = returns.member_id
    group by lapsed.campaign_key
),

costs as (
    select campaign_key, sum(amount) as cost_amount
    from {{ ref('fct_marketing_cost') }}
    group by campaign_key
),

final as (
    select
        counted.campaign_key,
        campaigns.name as campaign_name,
        counted.first_contacted_on,
        counted.contacted_members,
        counted.lapsed_members,
        counted.returned_members,
        counted.holdout_members,
        counted.holdout_returned_members,
        coalesce(counted.complete_on <= {{ as_of() }}, false) as is_complete,
        case
            when counted.complete_on <= {{ as_of() }}
                then {{ safe_divide('counted.returned_members', 'counted.lapsed_members') }}
        end as winback_rate,
        case
            when counted.complete_on <= {{ as_of() }}
                then {{ safe_divide(
                    'counted.holdout_returned_members', 'counted.holdout_members'
                ) }}
        end as holdout_rate,
        cast(coalesce(counted.net_revenue, 0) as decimal(18, 2)) as net_revenue,
        cast(costs.cost_amount as decimal(18, 2)) as cost_amount,
        {{ money(safe_divide('costs.cost_amount', 'counted.returned_members')) }}
            as cost_per_winback
    from counted
    inner join {{ ref('dim_campaign') }} as campaigns
        on counted.campaign_key = campaigns.campaign_key
    left join costs on counted.campaign_key = costs.campaign_key
)

select * from final
