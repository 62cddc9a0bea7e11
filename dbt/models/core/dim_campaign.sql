-- One row: a campaign as a channel describes it. Its times are a plan and may lie after as_of.
select
    -- keys
    campaigns.campaign_key,
    campaigns.channel,
    campaigns.campaign_id,
    campaigns.partner_id,
    {{ referenced_key('partners.partner_key', 'campaigns.channel', 'campaigns.partner_id') }}
        as partner_key,

    -- what it is
    campaigns.name,
    campaigns.theme,
    campaigns.objective,
    campaigns.campaign_channel,

    -- plan
    campaigns.prepare_at,
    campaigns.promote_at,
    campaigns.starts_at,
    {{ business_date('campaigns.starts_at') }} as starts_on,
    campaigns.ends_at,
    campaigns.budget as budget_amount,
    campaigns.kpi_name,
    campaigns.kpi_target
from {{ ref('cfm_campaigns') }} as campaigns
left join {{ ref('cfm_partner_reference') }} as partners
    on campaigns.channel = partners.channel and campaigns.partner_id = partners.partner_id
where campaigns.updated_at is null or campaigns.updated_at < {{ as_of_end() }}
