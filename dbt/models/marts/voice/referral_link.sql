-- One row: a referral and what it is: a member brought (`brought`), a member who was brought before
-- (`repeated`), oneself (`self`), nobody known (`unknown`), or a link of a circle (`circular`),
-- which is not followed: its members are roots of what they brought besides.
with recursive links as (
    select
        referrals.referral_key,
        referrals.channel,
        referrals.referrer_member_id,
        referrals.referred_member_id,
        referrals.code,
        referrals.referred_at,
        referrals.referred_on,
        case
            when referrals.referrer_member_id is null or referrals.referred_member_id is null
                then 'unknown'
            when referrals.referrer_member_id = referrals.referred_member_id then 'self'
            else 'link'
        end as kind
    from {{ ref('fct_referral') }} as referrals
),

ranked as (
    select
        links.*,
        row_number() over (
            partition by links.referred_member_id, links.kind
            order by links.referred_at asc nulls last, links.referral_key asc nulls last
        ) as link_number
    from links
),

-- whoever was brought has one parent: the first who brought them
parents as (
    select * from ranked
    where kind = 'link' and link_number = 1
),

-- up from everybody who was brought; back at the start is a circle
walks as (
    select referred_member_id as start_member_id, referrer_member_id as at_member_id, 1 as steps
    from parents
    union all
    select
        walks.start_member_id,
        parents.referrer_member_id as at_member_id,
        walks.steps + 1 as steps
    from walks
    inner join parents on walks.at_member_id = parents.referred_member_id
    inner join {{ ref('voice_rules') }} as rules on walks.steps < rules.longest_circle
    where walks.at_member_id <> walks.start_member_id
),

circles as (
    select distinct start_member_id as member_id from walks
    where at_member_id = start_member_id
),

edges as (
    select parents.*
    from parents
    left join circles on parents.referred_member_id = circles.member_id
    where circles.member_id is null
),

-- down from those nobody brought: everybody is reached once
forest as (
    select distinct
        edges.referrer_member_id as member_id,
        edges.referrer_member_id as root_member_id,
        0 as depth
    from edges
    left join edges as above on edges.referrer_member_id = above.referred_member_id
    where above.referral_key is null
    union all
    select
        edges.referred_member_id as member_id,
        forest.root_member_id,
        forest.depth + 1 as depth
    from forest
    inner join edges on forest.member_id = edges.referrer_member_id
),

final as (
    select
        ranked.referral_key,
        ranked.channel,
        ranked.referrer_member_id,
        ranked.referred_member_id,
        ranked.code,
        ranked.referred_at,
        ranked.referred_on,
        case
            when ranked.kind <> 'link' then ranked.kind
            when ranked.link_number > 1 then 'repeated'
            when forest.member_id is null then 'circular'
            else 'brought'
        end as kind,
        case when ranked.link_number = 1 then forest.root_member_id end as root_member_id,
        case when ranked.link_number = 1 then forest.depth end as depth
    from ranked
    left join forest
        on ranked.kind = 'link'
        and ranked.referred_member_id = forest.member_id
        and forest.depth > 0
)

select * from final
