-- One row: a member and an action that fits the member at as_of, the best first: rank 1 is the one
-- action of the day. A contact channel is one the member agrees to, else the action waits for the
-- next visit (onsite).
with rules as (
    select *
    from {{ ref('action_rules') }}
    where
        {{ as_of() }} >= valid_from
        and ({{ as_of() }} <= valid_to or valid_to is null)
),

-- One row a member, tag and rule that asks for it.
tagged as (
    select
        rules.action_code,
        tags.member_id,
        min(tags.tag_value) as tag_value
    from {{ ref('member_tag') }} as tags
    inner join rules
        on tags.tag_code = rules.tag_code
        and (tags.tag_value = rules.tag_value or rules.tag_value is null)
    where tags.is_current
    group by rules.action_code, tags.member_id
),

ordered as (
    select
        member_id,
        max(ordered_at) as last_ordered_at
    from {{ ref('fct_order') }}
    where is_valid
    group by member_id
),

-- The last time a member did what a rule waits for.
triggered as (
    select
        rules.action_code,
        events.member_id,
        max(events.occurred_at) as occurred_at,
        max(events.occurred_on) as occurred_on
    from {{ ref('fct_event') }} as events
    inner join rules on events.event_type = rules.trigger_event
    left join ordered on events.member_id = ordered.member_id
    where
        events.member_id is not null
        and {{ days_between('events.occurred_on', as_of()) }} < rules.trigger_days
        and (
            not rules.is_without_order
            or ordered.last_ordered_at is null
            or ordered.last_ordered_at < events.occurred_at
        )
    group by rules.action_code, events.member_id
),

erased as (
    select distinct member_id
    from {{ ref('fct_erasure_request') }}
    where member_id is not null
),

fitting as (
    select
        members.member_id,
        ', ' || coalesce(dim.marketing_channels, '') || ',' as agreed,
        rules.*,
        coalesce(', value layer ' || rules.value_layer, '')
        || coalesce(', stage ' || rules.stage, '')
        || coalesce(', tag ' || rules.tag_code || ' ' || tagged.tag_value, '')
        || coalesce(
            ', ' || rules.trigger_event || ' on ' || cast(triggered.occurred_on as varchar), ''
        ) as because
    from {{ ref('member_profile') }} as members
    inner join {{ ref('dim_member') }} as dim on members.member_id = dim.member_id
    cross join rules
    left join tagged
        on members.member_id = tagged.member_id and rules.action_code = tagged.action_code
    left join triggered
        on members.member_id = triggered.member_id and rules.action_code = triggered.action_code
    left join erased on members.member_id = erased.member_id
    where
        erased.member_id is null
        and (rules.value_layer is null or rules.value_layer = members.value_layer)
        and (rules.stage is null or rules.stage = members.stage)
        and (rules.tag_code is null or tagged.member_id is not null)
        and (rules.trigger_event is null or triggered.member_id is not null)
),

final as (
    select
        member_id,
        row_number() over (
            partition by member_id order by priority asc nulls last, action_code asc nulls last
        ) as action_rank,
        {{ as_of() }} as action_on,
        action_code,
        action,
        action_zh,
        case
            when agreed like '%, ' || contact_channel || ',%' then contact_channel
            when agreed like '%, ' || else_channel || ',%' then else_channel
            else 'onsite'
        end as contact_channel,
        offer,
        offer_zh,
        coalesce(nullif(substr(because, 3), ''), 'every member') as reason
    from fitting
)

select * from final
