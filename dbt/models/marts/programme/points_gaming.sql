-- One row: a member and a scheme of gaming the programme that the member's data shows, with the
-- ring it belongs to. It is a suspicion with its evidence, not a verdict.
with recursive rules as (
    select * from {{ ref('points_gaming_rules') }}
),

earned as (
    {{ points_gaming_earnings() }}
),

rings as (
    select devices.device_key, count(*) as members
    from {{ ref('fct_device_member') }} as devices
    inner join earned on devices.member_id = earned.member_id
    inner join rules
        on rules.scheme = 'device_ring'
        and earned.points >= rules.min_points
        and earned.unbought_points >= rules.min_unbought_share * earned.points
    group by devices.device_key, rules.min_members, rules.max_members
    having count(*) between rules.min_members and rules.max_members
),

edges as (
    select distinct referrer_member_id as from_member, referred_member_id as to_member
    from {{ ref('fct_referral') }}
    where referrer_member_id is not null and referred_member_id is not null
),

-- from every referrer along the referrals, until the rule's length; back at the start is a circle
walks as (
    select from_member as start_member, to_member as at_member, 1 as steps
    from edges
    union all
    select walks.start_member, edges.to_member as at_member, walks.steps + 1 as steps
    from walks
    inner join edges on walks.at_member = edges.from_member
    inner join rules on rules.scheme = 'referral_ring' and walks.steps < rules.max_cycle_length
    where walks.at_member <> walks.start_member
),

circles as (
    select start_member as member_id, min(steps) as members
    from walks
    where at_member = start_member
    group by start_member
),

found as (
    select
        devices.member_id, 'device_ring' as scheme, rings.members,
        'device:' || devices.device_key as ring_key
    from rings
    inner join {{ ref('fct_device_member') }} as devices on rings.device_key = devices.device_key
    inner join earned on devices.member_id = earned.member_id
    inner join rules
        on rules.scheme = 'device_ring'
        and earned.points >= rules.min_points
        and earned.unbought_points >= rules.min_unbought_share * earned.points
    union all
    select
        circles.member_id, rules.scheme, circles.members,
        'referral:' || min(walks.at_member) as ring_key
    from circles
    inner join rules
        on rules.scheme in ('referral_ring', 'self_referral')
        and circles.members >= rules.min_members
        and circles.members <= rules.max_cycle_length
        and (circles.members = 1) = (rules.scheme = 'self_referral')
    inner join walks
        on circles.member_id = walks.start_member and walks.steps <= circles.members
    group by circles.member_id, rules.scheme, circles.members
    union all
    select earned.member_id, rules.scheme, 1 as members, 'member:' || earned.member_id as ring_key
    from earned
    inner join rules
        on rules.scheme = 'checkin_bot'
        and earned.checkin_count >= rules.min_entries
        and earned.checkin_spread_seconds <= rules.max_spread_seconds
),

final as (
    select
        found.member_id,
        found.scheme,
        rules.scheme_name,
        rules.scheme_name_zh,
        max(found.ring_key) as ring_key,
        cast(max(found.members) as integer) as ring_members,
        cast(max(coalesce(earned.points, 0)) as decimal(18, 2)) as earned_points,
        cast(max(coalesce(earned.unbought_points, 0)) as decimal(18, 2)) as unbought_points,
        cast(max(coalesce(earned.checkin_count, 0)) as bigint) as checkin_count
    from found
    inner join rules on found.scheme = rules.scheme
    left join earned on found.member_id = earned.member_id
    group by found.member_id, found.scheme, rules.scheme_name, rules.scheme_name_zh
)

select * from final
