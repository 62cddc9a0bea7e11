-- One row: a month and contact channel with automated messages, and what they would have taken by
-- hand.
with final as (
    select
        {{ month_start('touches.sent_on') }} as month,
        touches.contact_channel,
        count(*) as automated_messages,
        cast(coalesce(sum(rules.minutes_per_contact), 0) as decimal(18, 2)) as saved_minutes,
        {{ money("coalesce(sum(rules.minutes_per_contact * rules.hourly_wage_amount), 0) / 60") }}
            as saved_amount
    from {{ ref('campaign_touch') }} as touches
    left join {{ ref('automation_rules') }} as rules
        on touches.contact_channel = rules.contact_channel
        and touches.sent_on >= rules.valid_from
        and (touches.sent_on <= rules.valid_to or rules.valid_to is null)
    where touches.is_automated and not touches.is_control
    group by {{ month_start('touches.sent_on') }}, touches.contact_channel
)

select * from final
