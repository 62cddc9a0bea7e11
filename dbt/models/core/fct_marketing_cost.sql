-- One row: a cost of marketing booked on a day until as_of.
select
    -- keys
    facts.marketing_cost_key,
    facts.channel,
    facts.cost_id,
    facts.campaign_id,
    {{ referenced_key('campaigns.campaign_key', 'facts.channel', 'facts.campaign_id') }}
        as campaign_key,
    facts.partner_id,
    {{ referenced_key('partners.partner_key', 'facts.channel', 'facts.partner_id') }}
        as partner_key,

    -- course
    facts.cost_type,
    facts.marketing_channel,
    facts.spent_on,

    -- measures
    facts.amount
from {{ ref('cfm_campaign_costs') }} as facts
left join {{ ref('cfm_campaign_reference') }} as campaigns
    on facts.channel = campaigns.channel and facts.campaign_id = campaigns.campaign_id
left join {{ ref('cfm_partner_reference') }} as partners
    on facts.channel = partners.channel and facts.partner_id = partners.partner_id
where facts.spent_on <= {{ as_of() }}
