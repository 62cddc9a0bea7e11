-- One row: an advocate: members brought, their first orders and revenue, contents and what others
-- did with them, beside the fee.
with brought as (
    select
        advocate_key,
        count(*) as brought_members,
        count(case when is_converted then 1 end) as converted_members,
        sum(net_revenue) as net_revenue
    from {{ ref('referral_value') }}
    where advocate_key is not null
    group by advocate_key
),

contents as (
    select
        advocates.advocate_key,
        count(*) as contents,
        sum(contents.like_count + contents.comment_count + contents.share_count) as interactions
    from {{ ref('fct_content') }} as contents
    inner join {{ ref('dim_advocate') }} as advocates
        on contents.channel = advocates.channel and contents.advocate_id = advocates.advocate_id
        or contents.advocate_id is null and contents.member_id = advocates.member_id
    group by advocates.advocate_key
),

coded as (
    select referral_code, count(*) as orders
    from {{ ref('fct_order') }}
    where is_valid and referral_code is not null
    group by referral_code
),

final as (
    select
        advocates.advocate_key,
        advocates.channel,
        advocates.advocate_type,
        advocates.platform,
        advocates.member_id,
        advocates.follower_count,
        coalesce(advocates.fee_amount, 0) as fee_amount,
        coalesce(brought.brought_members, 0) as brought_members,
        coalesce(brought.converted_members, 0) as converted_members,
        cast(coalesce(brought.net_revenue, 0) as decimal(18, 2)) as net_revenue,
        coalesce(coded.orders, 0) as orders_with_code,
        coalesce(contents.contents, 0) as contents,
        cast(coalesce(contents.interactions, 0) as bigint) as interactions,
        {{ safe_divide('advocates.fee_amount', 'brought.brought_members') }} as cost_per_member,
        {{ safe_divide('coalesce(brought.net_revenue, 0)', 'advocates.fee_amount') }}
            as revenue_per_fee
    from {{ ref('dim_advocate') }} as advocates
    left join brought on advocates.advocate_key = brought.advocate_key
    left join contents on advocates.advocate_key = contents.advocate_key
    left join coded on advocates.code = coded.referral_code
)

select * from final
