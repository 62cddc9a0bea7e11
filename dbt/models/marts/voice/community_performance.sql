-- One row: a community: who is inside and active, and what its members bought after the month they
-- joined beside members of no community who were in the same lifecycle stage and came by the same
-- channel. Likeness in two things is no experiment: who joins may be keener anyway.
with memberships as (
    select * from {{ ref('fct_community_membership') }}
),

activities as (
    select
        memberships.community_membership_key,
        max(case
            when {{ days_between('acts.occurred_on', as_of()) }} < rules.community_active_days
                then 1
            else 0
        end) as is_active,
        max(case when acts.activity_type in ('event_online', 'event_offline') then 1 else 0 end)
            as attends,
        count(*) as activities
    from memberships
    inner join {{ ref('fct_community_activity') }} as acts
        on memberships.channel = acts.channel
        and memberships.community_id = acts.community_id
        and memberships.record_key = acts.record_key
    cross join {{ ref('voice_rules') }} as rules
    group by memberships.community_membership_key
),

joined as (
    select distinct community_key, member_id, {{ month_start('joined_on') }} as month
    from memberships
    where member_id is not null
),

outside as (
    select
        following.month,
        following.stage,
        following.registration_channel,
        cast({{ safe_divide('sum(following.following_net_revenue)', 'count(*)') }}
            as decimal(18, 6)) as net_revenue
    from {{ ref('member_following') }} as following
    left join (select distinct member_id from joined) as insiders
        on following.member_id = insiders.member_id
    where insiders.member_id is null
    group by following.month, following.stage, following.registration_channel
),

compared as (
    select
        joined.community_key,
        count(*) as matched_members,
        {{ safe_divide('sum(following.following_net_revenue)', 'count(*)') }} as value_inside,
        {{ safe_divide('sum(outside.net_revenue)', 'count(*)') }} as value_outside
    from joined
    inner join {{ ref('member_following') }} as following
        on joined.member_id = following.member_id and joined.month = following.month
    inner join outside
        on following.month = outside.month
        and following.stage = outside.stage
        and following.registration_channel = outside.registration_channel
    group by joined.community_key
),

counted as (
    select
        memberships.community_key,
        memberships.channel,
        memberships.community_id,
        max(memberships.community_name) as community_name,
        max(memberships.platform) as platform,
        count(*) as joined_members,
        count(case when memberships.is_inside then 1 end) as inside_members,
        count(case when memberships.is_inside and activities.is_active = 1 then 1 end)
            as active_members,
        count(case when activities.attends = 1 then 1 end) as attending_members,
        cast(coalesce(sum(activities.activities), 0) as bigint) as activities
    from memberships
    left join activities
        on memberships.community_membership_key = activities.community_membership_key
    group by memberships.community_key, memberships.channel, memberships.community_id
),

final as (
    select
        counted.*,
        {{ safe_divide('counted.active_members', 'counted.inside_members') }} as active_rate,
        {{ safe_divide('counted.attending_members', 'counted.joined_members') }}
            as attendance_rate,
        coalesce(compared.matched_members, 0) as matched_members,
        compared.value_inside,
        compared.value_outside,
        compared.value_inside - compared.value_outside as value_difference
    from counted
    left join compared on counted.community_key = compared.community_key
)

select * from final
