-- One row: a partner, the members whose first order its campaigns led to, what became of them, and
-- what the partner cost. A first order belongs to the campaign it names, else to the one with most
-- credit in the default model.
with credited as (
    select
        credits.order_key,
        credits.campaign_key,
        row_number() over (
            partition by credits.order_key
            order by
                credits.credit desc nulls last, credits.touched_at desc nulls last,
                credits.touch_type asc nulls last, credits.touch_key asc nulls last
        ) as place
    from {{ ref('attribution') }} as credits
    inner join {{ ref('attribution_rules') }} as rules
        on credits.model = rules.model and rules.is_default
    where credits.campaign_key is not null
),

brought as (
    select
        orders.member_id,
        orders.ordered_on,
        campaigns.partner_key
    from {{ ref('fct_order') }} as orders
    left join credited on orders.order_key = credited.order_key and credited.place = 1
    inner join {{ ref('dim_campaign') }} as campaigns
        on coalesce(orders.campaign_key, credited.campaign_key) = campaigns.campaign_key
    where orders.order_number = 1 and campaigns.partner_key is not null
),

stayed as (
    select distinct brought.member_id
    from brought
    cross join {{ ref('marketing_rules') }} as rules
    inner join {{ ref('fct_order') }} as orders
        on brought.member_id = orders.member_id
        and orders.is_valid
        and orders.ordered_on > brought.ordered_on
        and {{ days_between('brought.ordered_on', 'orders.ordered_on') }} <= rules.retention_days
),

suspects as (
    select distinct member_id from {{ ref('points_gaming') }}
),

members as (
    select
        brought.partner_key,
        count(*) as members_brought,
        count(case
            when {{ days_between('brought.ordered_on', as_of()) }} >= rules.retention_days then 1
        end) as mature_members,
        count(case
            when {{ days_between('brought.ordered_on', as_of()) }} >= rules.retention_days
                then stayed.member_id
        end) as retained_members,
        count(suspects.member_id) as suspected_members,
        cast(sum(values_of.historic_revenue) as decimal(18, 2)) as net_revenue,
        {{ money('avg(values_of.clv_total)') }} as clv_per_member
    from brought
    cross join {{ ref('marketing_rules') }} as rules
    left join stayed on brought.member_id = stayed.member_id
    left join suspects on brought.member_id = suspects.member_id
    left join {{ ref('member_clv') }} as values_of on brought.member_id = values_of.member_id
    group by brought.partner_key
),

costs as (
    select partner_key, cast(sum(amount) as decimal(18, 2)) as cost_amount
    from {{ ref('fct_marketing_cost') }}
    group by partner_key
),

campaigns as (
    select partner_key, count(*) as campaigns
    from {{ ref('dim_campaign') }}
    group by partner_key
),

final as (
    select
        partners.partner_key,
        partners.name,
        partners.partner_type,
        partners.started_on,
        coalesce(campaigns.campaigns, 0) as campaigns,
        coalesce(members.members_brought, 0) as members_brought,
        coalesce(members.mature_members, 0) as mature_members,
        coalesce(members.retained_members, 0) as retained_members,
        {{ safe_divide('members.retained_members', 'members.mature_members') }} as retention_rate,
        coalesce(members.suspected_members, 0) as suspected_members,
        {{ safe_divide('members.suspected_members', 'members.members_brought') }} as fraud_share,
        coalesce(members.net_revenue, 0) as net_revenue,
        members.clv_per_member,
        coalesce(costs.cost_amount, 0) as cost_amount,
        {{ money(safe_divide('costs.cost_amount', 'members.members_brought')) }}
            as cost_per_member
    from {{ ref('dim_partner') }} as partners
    left join campaigns on partners.partner_key = campaigns.partner_key
    left join members on partners.partner_key = members.partner_key
    left join costs on partners.partner_key = costs.partner_key
)

select * from final
