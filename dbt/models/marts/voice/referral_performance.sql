-- One row: a month: the referrals made in it, what they are, whom they brought, and the K factor:
-- referrals per member known, times members brought per referral. Above 1 a membership would grow
-- by referrals alone.
with members as (
    select member_id, min({{ business_date('valid_from') }}) as seen_on
    from {{ ref('member_identity') }}
    group by member_id
),

months as (
    select month_start as month, max(date_day) as ends_on
    from {{ ref('dim_date') }}
    group by month_start
),

bases as (
    select months.month, count(members.member_id) as known_members
    from months
    inner join members on coalesce(members.seen_on, months.ends_on) <= months.ends_on
    group by months.month
),

links as (
    select
        {{ month_start('referred_on') }} as month,
        count(*) as referrals,
        count(distinct referrer_member_id) as referrers,
        {%- for kind in ['brought', 'repeated', 'self', 'circular', 'unknown'] %}
        count(case when kind = '{{ kind }}' then 1 end) as {{ kind }}_count
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('referral_link') }}
    group by {{ month_start('referred_on') }}
),

brought as (
    select
        {{ month_start('referred_on') }} as month,
        count(case when is_converted then 1 end) as converted_members,
        count(case when referrer_type <> 'member' then 1 end) as by_advocates,
        sum(net_revenue) as net_revenue
    from {{ ref('referral_value') }}
    group by {{ month_start('referred_on') }}
),

final as (
    select
        links.month,
        links.referrals,
        links.referrers,
        bases.known_members,
        links.brought_count as brought_members,
        coalesce(brought.by_advocates, 0) as brought_by_advocates,
        coalesce(brought.converted_members, 0) as converted_members,
        cast(coalesce(brought.net_revenue, 0) as decimal(18, 2)) as net_revenue,
        links.repeated_count as repeated_referrals,
        links.self_count as self_referrals,
        links.circular_count as circular_referrals,
        links.unknown_count as unknown_referrals,
        {{ safe_divide('links.referrals', 'bases.known_members') }} as referrals_per_member,
        {{ safe_divide('links.brought_count', 'links.referrals') }} as conversion_rate,
        {{ safe_divide('links.brought_count', 'bases.known_members') }} as k_factor
    from links
    inner join bases on links.month = bases.month
    left join brought on links.month = brought.month
)

select * from final
