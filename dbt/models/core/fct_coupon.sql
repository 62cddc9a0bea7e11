-- One row: a coupon issued until as_of, and what became of it until then. An order it is used on
-- later is not known yet.
with coupons as (
    select
        *,
        case when coalesce(used_at, issued_at) < {{ as_of_end() }} then order_id end
            as known_order_id
    from {{ ref('cfm_coupons') }}
    where issued_at < {{ as_of_end() }}
),

final as (
    select
        -- keys
        facts.coupon_key,
        facts.channel,
        facts.coupon_id,
        identity.member_id,
        facts.record_key,
        facts.template_id,
        facts.campaign_id,
        {{ referenced_key('campaigns.campaign_key', 'facts.channel', 'facts.campaign_id') }}
            as campaign_key,
        facts.known_order_id as order_id,
        {{ natural_key('facts.channel', 'facts.known_order_id') }} as order_key,

        -- course
        facts.issued_at,
        {{ business_date('facts.issued_at') }} as issued_on,
        {{ until_as_of('facts.received_at') }} as received_at,
        {{ until_as_of('facts.used_at') }} as used_at,
        facts.expires_at,

        -- measures
        facts.face_value,
        facts.min_spend
    from coupons as facts
    left join {{ ref('member_identity') }} as identity on facts.record_key = identity.record_key
    left join {{ ref('cfm_campaign_reference') }} as campaigns
        on facts.channel = campaigns.channel and facts.campaign_id = campaigns.campaign_id
)

select * from final
