-- One row: a month, a source and a reason why members leave. Surveys say it themselves; service and
-- behaviour are evidence around the last purchase of members who entered a lost stage in the month.
-- A member may have several reasons, or none: 'unknown'.
with churned as (
    select
        stages.member_id,
        stages.month,
        stages.state_on,
        states.last_purchased_on,
        states.purchase_days
    from {{ ref('member_lifecycle_monthly') }} as stages
    inner join {{ ref('member_month') }} as states
        on stages.member_id = states.member_id and stages.month = states.month
    where stages.is_changed
        and stages.stage in (select stage from {{ ref('lifecycle_rules') }} where is_lost)
),

evidence as (
    select member_id, 'service' as source, 'complaint' as evidence, opened_on as happened_on
    from {{ ref('fct_service_ticket') }}
    where is_complaint
    union all
    select member_id, 'service' as source, 'unresolved' as evidence, opened_on as happened_on
    from {{ ref('fct_service_ticket') }}
    where not is_resolved
    union all
    select member_id, 'behaviour' as source, 'refund' as evidence, refunded_on as happened_on
    from {{ ref('fct_refund') }}
    union all
    select
        member_id,
        'behaviour' as source,
        'unsubscribed' as evidence,
        {{ business_date('unsubscribed_at') }} as happened_on
    from {{ ref('fct_touch') }}
    where unsubscribed_at is not null
    union all
    select member_id, 'behaviour' as source, 'one_purchase' as evidence, last_purchased_on
    from churned
    where purchase_days = 1
),

observed as (
    select distinct churned.member_id, churned.month, rules.source, rules.reason
    from churned
    inner join evidence on churned.member_id = evidence.member_id
    inner join {{ ref('churn_reason_rules') }} as rules
        on evidence.source = rules.source
        and evidence.evidence = rules.evidence
        and {{ days_between('evidence.happened_on', 'churned.last_purchased_on') }}
            <= rules.window_days
        and evidence.happened_on <= churned.state_on
    union
    select member_id, month, 'none' as source, 'unknown' as reason
    from churned
),

known as (
    select
        *,
        count(*) over (partition by member_id, month) as reason_count
    from observed
),

answers as (
    select distinct
        responses.survey_response_key as member_id,
        {{ month_start('responses.answered_on') }} as month,
        'survey' as source,
        coalesce(rules.reason, responses.reason, 'unknown') as reason
    from {{ ref('fct_survey_response') }} as responses
    left join {{ ref('churn_reason_rules') }} as rules
        on rules.source = 'survey' and responses.reason = rules.evidence
    where responses.survey_type = 'churn_reason'
),

bases as (
    select month, 'survey' as base, count(*) as base_members from answers group by month
    union all
    select month, 'churned' as base, count(*) as base_members from churned group by month
),

reasons as (
    select month, source, reason, 'survey' as base, count(*) as members
    from answers
    group by month, source, reason
    union all
    select month, source, reason, 'churned' as base, count(*) as members
    from known
    where source <> 'none' or reason_count = 1
    group by month, source, reason
),

labels as (
    select reason, min(reason_zh) as reason_zh
    from {{ ref('churn_reason_rules') }}
    group by reason
),

final as (
    select
        reasons.month,
        reasons.source,
        reasons.reason,
        labels.reason_zh,
        reasons.members,
        bases.base_members,
        {{ safe_divide('reasons.members', 'bases.base_members') }} as share
    from reasons
    inner join bases on reasons.month = bases.month and reasons.base = bases.base
    left join labels on reasons.reason = labels.reason
)

select * from final
