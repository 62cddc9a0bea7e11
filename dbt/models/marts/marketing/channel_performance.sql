-- One row: a month, contact channel and segment (all or one), its messages and what is credited to
-- them by the default model, in the month of the message.
with credits as (
    select
        attributed.touch_key,
        sum(cast(attributed.credit as decimal(18, 9))) as credit,
        sum(attributed.net_revenue) as net_revenue,
        sum(attributed.margin_amount) as margin_amount
    from {{ ref('attribution') }} as attributed
    inner join {{ ref('attribution_rules') }} as rules
        on attributed.model = rules.model and rules.is_default
    where attributed.touch_type = 'message'
    group by attributed.touch_key
),

messages as (
    select
        {{ month_start('touches.sent_on') }} as month,
        touches.*,
        coalesce(credits.credit, 0) as credit,
        coalesce(credits.net_revenue, 0) as net_revenue,
        coalesce(credits.margin_amount, 0) as margin_amount
    from {{ ref('campaign_touch') }} as touches
    left join credits on touches.touch_key = credits.touch_key
    where not touches.is_control
),

sliced as (
    select messages.*, 'all' as slice from messages
    union all
    select messages.*, messages.segment as slice from messages
),

final as (
    select
        month,
        contact_channel,
        slice as segment,
        count(*) as messages,
        count(distinct member_id) as members,
        count(case when is_delivered then 1 end) as delivered,
        count(case when is_opened then 1 end) as opened,
        count(case when is_clicked then 1 end) as clicked,
        count(case when is_bounced then 1 end) as bounced,
        count(case when is_unsubscribed then 1 end) as unsubscribed,
        count(case when is_automated then 1 end) as automated,
        {{ safe_divide('count(case when is_opened then 1 end)',
            'count(case when is_delivered then 1 end)') }} as open_rate,
        {{ safe_divide('count(case when is_clicked then 1 end)',
            'count(case when is_delivered then 1 end)') }} as click_rate,
        cast(sum(credit) as decimal(18, 6)) as attributed_orders,
        cast(sum(net_revenue) as decimal(18, 2)) as attributed_revenue,
        cast(sum(margin_amount) as decimal(18, 2)) as attributed_margin
    from sliced
    group by month, contact_channel, slice
)

select * from final
