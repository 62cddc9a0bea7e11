-- One row: a member who was brought, by whom, and what came of it: a first order in time, and the
-- revenue of all valid orders since.
with advocates as (
    select code, member_id, advocate_key, advocate_type
    from {{ ref('dim_advocate') }}
),

matched as (
    select
        links.referral_key,
        min(coalesce(by_code.advocate_key, by_member.advocate_key)) as advocate_key
    from {{ ref('referral_link') }} as links
    left join advocates as by_code on links.code = by_code.code
    left join advocates as by_member on links.referrer_member_id = by_member.member_id
    where links.kind = 'brought'
    group by links.referral_key
),

bought as (
    select
        links.referral_key,
        count(*) as orders,
        sum(orders.net_revenue) as net_revenue,
        max(case
            when orders.order_number = 1
                and {{ days_between('links.referred_on', 'orders.ordered_on') }}
                <= rules.referral_order_days
                then 1
            else 0
        end) as first_orders
    from {{ ref('referral_link') }} as links
    inner join {{ ref('fct_order') }} as orders
        on links.referred_member_id = orders.member_id and orders.ordered_on >= links.referred_on
    cross join {{ ref('voice_rules') }} as rules
    where links.kind = 'brought' and orders.is_valid
    group by links.referral_key
),

final as (
    select
        links.referred_member_id as member_id,
        links.referral_key,
        links.referrer_member_id,
        links.root_member_id,
        links.depth,
        links.referred_on,
        matched.advocate_key,
        coalesce(advocates.advocate_type, 'member') as referrer_type,
        coalesce(bought.first_orders, 0) = 1 as is_converted,
        coalesce(bought.orders, 0) as orders,
        cast(coalesce(bought.net_revenue, 0) as decimal(18, 2)) as net_revenue
    from {{ ref('referral_link') }} as links
    left join matched on links.referral_key = matched.referral_key
    left join {{ ref('dim_advocate') }} as advocates
        on matched.advocate_key = advocates.advocate_key
    left join bought on links.referral_key = bought.referral_key
    where links.kind = 'brought'
)

select * from final
