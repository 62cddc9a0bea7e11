-- One row: a month and who answered (bot, agent, or all): how fast, how well, and how many of the
-- members fell silent afterwards beside members without a ticket who were in the same lifecycle
-- stage and came by the same channel. Who complains differs in more than that.
with tickets as (
    select tickets.*, {{ month_start('tickets.opened_on') }} as month, handlers.handled
    from {{ ref('fct_service_ticket') }} as tickets
    cross join (select 'all' as handled union all select 'bot' union all select 'agent') as handlers
    where handlers.handled in ('all', tickets.handled_by)
),

counted as (
    select
        month,
        handled as handled_by,
        count(*) as tickets,
        count(first_reply_at) as replied,
        median({{ dbt.datediff('opened_at', 'first_reply_at', 'second') }}) as first_reply_seconds,
        count(case when is_resolved then 1 end) as resolved,
        count(case when is_resolved and handled_by = 'bot' then 1 end) as solved_by_bot,
        count(case when is_complaint then 1 end) as complaints
    from tickets
    group by month, handled
),

helped as (
    select distinct month, handled, member_id
    from tickets
    where member_id is not null
),

outside as (
    select
        following.month,
        following.stage,
        following.registration_channel,
        cast({{ safe_divide(
            'count(case when following.following_orders = 0 then 1 end)', 'count(*)') }}
            as decimal(18, 9)) as silent_rate
    from {{ ref('member_following') }} as following
    left join helped
        on following.member_id = helped.member_id
        and following.month = helped.month
        and helped.handled = 'all'
    where helped.member_id is null
    group by following.month, following.stage, following.registration_channel
),

compared as (
    select
        helped.month,
        helped.handled,
        count(*) as followed_members,
        {{ safe_divide('count(case when following.following_orders = 0 then 1 end)', 'count(*)') }}
            as silent_rate,
        {{ safe_divide('sum(outside.silent_rate)', 'count(*)') }} as expected_silent_rate
    from helped
    inner join {{ ref('member_following') }} as following
        on helped.member_id = following.member_id and helped.month = following.month
    inner join outside
        on following.month = outside.month
        and following.stage = outside.stage
        and following.registration_channel = outside.registration_channel
    group by helped.month, helped.handled
),

final as (
    select
        counted.month,
        counted.handled_by,
        counted.tickets,
        counted.replied,
        cast(counted.first_reply_seconds as double) as first_reply_seconds,
        counted.resolved,
        counted.solved_by_bot,
        counted.complaints,
        {{ safe_divide('counted.resolved', 'counted.tickets') }} as resolution_rate,
        {{ safe_divide('counted.solved_by_bot', 'counted.tickets') }} as bot_solution_rate,
        {{ safe_divide('counted.complaints', 'counted.tickets') }} as complaint_rate,
        coalesce(compared.followed_members, 0) as followed_members,
        cast(compared.silent_rate as double) as silent_rate,
        cast(compared.expected_silent_rate as double) as expected_silent_rate,
        cast(compared.silent_rate - compared.expected_silent_rate as double) as churn_effect
    from counted
    left join compared
        on counted.month = compared.month and counted.handled_by = compared.handled
)

select * from final
