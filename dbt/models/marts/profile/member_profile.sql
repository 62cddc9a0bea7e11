-- One row: a member, with everything a marketer filters by, as of the last business day. Buying
-- columns are NULL, or 0 where they count, for members who never bought.
with preferences as (
    select
        member_id,
        {%- for dimension in [
            'category', 'brand', 'color', 'style', 'price_band', 'channel', 'hour', 'weekday',
        ] %}
        max(case when dimension = '{{ dimension }}' then preference end) as top_{{ dimension }},
        max(case when dimension = '{{ dimension }}' then share end)
            as top_{{ dimension }}_share{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('member_preference') }}
    where preference_rank = 1
    group by member_id
),

tiers as (
    {{ tiers_dropping() }}
),

final as (
    select
        -- basic
        members.member_id,
        {{ as_of() }} as as_of,
        members.gender,
        members.birth_year,
        {{ add_months(
            month_start(as_of()),
            'cast(mod(members.birth_month + 12 - extract(month from ' ~ as_of() ~ '), 12) as integer)'
        ) }} as next_birthday_month,
        members.age_band,
        members.age_band_zh,
        members.province,
        members.city,
        members.registered_on,
        members.registration_channel,
        {{ days_between('members.registered_on', as_of()) }} as member_days,
        members.has_phone,
        members.has_email,
        members.has_wechat,
        {%- for contact in ['sms', 'email', 'call', 'push', 'wechat', 'wecom'] %}
        coalesce(', ' || members.marketing_channels || ',' like '%, {{ contact }},%', false)
            as can_{{ contact }},
        {%- endfor %}
        members.channel_count,

        -- lifecycle
        lifecycle.stage,
        lifecycle.stage_zh,
        lifecycle.since_on as stage_since_on,
        lifecycle.previous_stage,

        -- consumption
        members.is_buyer,
        purchases.first_ordered_on,
        purchases.last_ordered_on,
        {{ days_between('purchases.last_ordered_on', as_of()) }} as recency_days,
        coalesce(purchases.order_count, 0) as order_count,
        coalesce(purchases.purchase_day_count, 0) as purchase_days,
        cast(coalesce(purchases.net_revenue, 0) as decimal(18, 2)) as net_revenue,
        cast(coalesce(purchases.margin_amount, 0) as decimal(18, 2)) as margin_amount,
        behaviour.basket_amount,
        behaviour.discount_share,
        behaviour.coupon_share,
        behaviour.campaign_share,
        cycles.cycle_days,
        cycles.expected_next_on,
        cycles.overdue_ratio,

        -- value
        rfm.rfm_code,
        rfm.segment as rfm_segment,
        rfm.segment_zh as rfm_segment_zh,
        rfm.value_group_zh,
        layers.rule_layer as value_layer,
        layers.model_layer as predicted_value_layer,
        clv.p_alive,
        clv.clv_365d,

        -- churn
        risks.score as churn_score,
        risks.level as churn_level,
        risks.level_zh as churn_level_zh,
        {{ churn_warning('risks', 'tiers.is_dropping', '') }} as churn_reasons,
        {{ churn_warning('risks', 'tiers.is_dropping', '_zh') }} as churn_reasons_zh,

        -- programme
        tiers.tier_code,
        tiers.tier_name_zh,
        tiers.since_on as tier_since_on,
        tiers.next_tier,
        tiers.to_next as to_next_tier,
        tiers.days_left as tier_days_left,
        tiers.projected_tier,
        coalesce(tiers.is_dropping, false) as is_tier_dropping,
        cast(coalesce(points.balance, 0) as decimal(18, 2)) as points_balance,
        cast(coalesce(points.expiring_30d, 0) as decimal(18, 2)) as points_expiring_30d,

        -- interest
        {%- for dimension in [
            'category', 'brand', 'color', 'style', 'price_band', 'channel', 'hour', 'weekday',
        ] %}
        preferences.top_{{ dimension }},
        preferences.top_{{ dimension }}_share,
        {%- endfor %}
        coalesce(behaviour.visits, 0) as visits,
        coalesce(behaviour.recent_visits, 0) as recent_visits,
        behaviour.last_active_on,
        coalesce(behaviour.carts, 0) as carts,
        coalesce(behaviour.check_ins, 0) as check_ins,
        coalesce(behaviour.touches, 0) as touches,
        behaviour.touch_open_rate,

        -- social
        coalesce(behaviour.shares, 0) as shares,
        coalesce(behaviour.reviews, 0) as reviews,
        contacts.community_activities,
        contacts.contents,
        contacts.members_referred,
        contacts.tickets,
        contacts.complaints,
        contacts.recent_complaints,
        contacts.nps_score,
        contacts.coupons_received,
        contacts.coupons_used,
        contacts.benefits_granted,
        contacts.benefits_used
    from {{ ref('dim_member') }} as members
    inner join {{ ref('member_lifecycle') }} as lifecycle
        on members.member_id = lifecycle.member_id
    inner join {{ ref('member_contact_record') }} as contacts
        on members.member_id = contacts.member_id
    left join {{ ref('member_purchase') }} as purchases
        on members.member_id = purchases.member_id
    left join {{ ref('member_purchase_cycle') }} as cycles on members.member_id = cycles.member_id
    left join {{ ref('member_rfm') }} as rfm on members.member_id = rfm.member_id
    left join {{ ref('member_clv') }} as clv on members.member_id = clv.member_id
    left join {{ ref('member_value_layer') }} as layers on members.member_id = layers.member_id
    left join {{ ref('member_churn_risk') }} as risks on members.member_id = risks.member_id
    left join tiers on members.member_id = tiers.member_id
    left join {{ ref('points_balance') }} as points on members.member_id = points.member_id
    left join {{ ref('member_behaviour') }} as behaviour on members.member_id = behaviour.member_id
    left join preferences on members.member_id = preferences.member_id
)

select * from final
