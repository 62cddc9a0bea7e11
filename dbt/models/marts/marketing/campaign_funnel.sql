-- One row: a campaign, contact channel, segment, tier and phase with a message, and how many
-- members reached each step. Every step holds members of the step before only.
with rules as (
    select * from {{ ref('marketing_rules') }}
),

sent as (
    select * from {{ ref('campaign_touch') }}
    where not is_control
),

ordered as (
    select distinct sent.touch_key
    from sent
    cross join rules
    inner join {{ ref('fct_order') }} as orders
        on sent.member_id = orders.member_id
        and orders.is_valid
        and orders.ordered_at > sent.sent_at
        and orders.ordered_at
            < {{ dbt.dateadd('day', 'rules.outcome_days', 'sent.sent_at') }}
    where sent.is_clicked
),

final as (
    select
        sent.campaign_key,
        sent.contact_channel,
        sent.segment,
        sent.tier_code,
        sent.phase,
        count(*) as messages,
        count(distinct sent.member_id) as reached,
        count(distinct case when sent.is_delivered then sent.member_id end) as delivered,
        count(distinct case when sent.is_opened then sent.member_id end) as opened,
        count(distinct case when sent.is_clicked then sent.member_id end) as clicked,
        count(distinct case when ordered.touch_key is not null then sent.member_id end)
            as ordered,
        count(distinct case when sent.is_bounced then sent.member_id end) as bounced,
        count(distinct case when sent.is_unsubscribed then sent.member_id end) as unsubscribed
    from sent
    left join ordered on sent.touch_key = ordered.touch_key
    group by
        sent.campaign_key, sent.contact_channel, sent.segment, sent.tier_code, sent.phase
)

select * from final
