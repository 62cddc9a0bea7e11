-- One row: a message of a campaign to a member, or one held back, with what the member was at that
-- moment: phase of the campaign, segment at the end of the month before, tier. A later step proves
-- the earlier ones: who clicked has opened, what was opened was delivered.
with touches as (
    select
        *,
        coalesce(delivered_at, opened_at, clicked_at) is not null as is_delivered,
        coalesce(opened_at, clicked_at) is not null as is_opened
    from {{ ref('fct_touch') }}
    where member_id is not null
),

final as (
    select
        touches.touch_key,
        touches.campaign_key,
        touches.member_id,
        touches.contact_channel,
        touches.variant,
        touches.is_control,
        touches.is_automated,
        touches.sent_at,
        touches.sent_on,
        case
            when touches.sent_at >= campaigns.ends_at then 'evaluate'
            when touches.sent_at >= campaigns.starts_at then 'run'
            when touches.sent_at >= campaigns.promote_at then 'promote'
            when touches.sent_at >= campaigns.prepare_at then 'prepare'
            when campaigns.campaign_key is not null then 'before'
            else 'unknown'
        end as phase,
        coalesce(segments.segment, 'none') as segment,
        coalesce(tiers.tier_code, 'none') as tier_code,
        touches.is_delivered and not touches.is_control as is_delivered,
        touches.is_opened and not touches.is_control as is_opened,
        touches.clicked_at is not null and not touches.is_control as is_clicked,
        touches.bounced_at is not null and not touches.is_delivered as is_bounced,
        touches.unsubscribed_at is not null as is_unsubscribed
    from touches
    left join {{ ref('dim_campaign') }} as campaigns
        on touches.campaign_key = campaigns.campaign_key
    left join {{ ref('member_rfm_monthly') }} as segments
        on touches.member_id = segments.member_id
        and segments.month_end = {{ add_days(month_start('touches.sent_on'), -1) }}
    left join {{ ref('member_tier_history') }} as tiers
        on touches.member_id = tiers.member_id
        and touches.sent_at >= tiers.valid_from
        and (touches.sent_at < tiers.valid_to or tiers.valid_to is null)
)

select * from final
