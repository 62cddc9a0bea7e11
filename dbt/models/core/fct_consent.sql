-- One row: a span of time in which a member's consent to one purpose on one contact channel was
-- the same, given or refused. What the member's records say is one history: the newest change
-- holds, at one instant a refusal. An unsubscription refuses marketing on its channel.
with changes as (
    select
        identity.member_id,
        facts.purpose,
        facts.contact_channel,
        facts.changed_at,
        facts.granted as is_granted,
        'consent' as source
    from {{ ref('cfm_consents') }} as facts
    inner join {{ ref('member_identity') }} as identity on facts.record_key = identity.record_key
    where facts.changed_at < {{ as_of_end() }}

    union all

    select
        member_id,
        'marketing' as purpose,
        contact_channel,
        unsubscribed_at as changed_at,
        false as is_granted,
        'unsubscribe' as source
    from {{ ref('fct_touch') }}
    where unsubscribed_at is not null and member_id is not null
),

decided as (
    select
        member_id,
        purpose,
        contact_channel,
        changed_at,
        bool_and(is_granted) as is_granted,
        coalesce(max(case when not is_granted then source end), max(source)) as source
    from changes
    group by member_id, purpose, contact_channel, changed_at
),

compared as (
    select
        *,
        lag(is_granted) over (
            partition by member_id, purpose, contact_channel order by changed_at asc nulls last
        ) as was_granted
    from decided
),

final as (
    select
        member_id,
        purpose,
        contact_channel,
        is_granted,
        source,
        changed_at as valid_from,
        lead(changed_at) over by_time as valid_to,
        lead(changed_at) over by_time is null as is_current
    from compared
    where is_granted is distinct from was_granted
    window by_time as (
        partition by member_id, purpose, contact_channel order by changed_at asc nulls last
    )
)

select * from final
