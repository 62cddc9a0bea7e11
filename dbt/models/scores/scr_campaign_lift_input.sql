-- One row: a campaign, a group (contacted or held out) and a metric: the members, and the sum and
-- the sum of squares of the metric over them, after the first contact.
with arms as (
    select * from {{ ref('scr_campaign_member') }}
    where is_control is not null
),

bought as (
    select
        arms.campaign_key,
        arms.member_id,
        sum(orders.net_revenue) as net_revenue,
        sum(orders.margin_amount) as margin_amount
    from arms
    inner join {{ ref('fct_order') }} as orders
        on arms.member_id = orders.member_id
        and orders.is_valid
        and orders.ordered_at > arms.counts_from
        and orders.ordered_at < arms.counts_until
    group by arms.campaign_key, arms.member_id
),

measured as (
    select
        arms.campaign_key,
        arms.is_control,
        case when bought.member_id is not null then 1 else 0 end as conversion,
        coalesce(bought.net_revenue, 0) as revenue,
        coalesce(bought.margin_amount, 0) as margin
    from arms
    left join bought
        on arms.campaign_key = bought.campaign_key
        and arms.member_id = bought.member_id
),

final as (
    {{ moments_of('measured', ['campaign_key', 'is_control'], ['conversion', 'revenue', 'margin']) }}
)

select * from final
