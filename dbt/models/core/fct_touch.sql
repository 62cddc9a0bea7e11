-- One row: a contact with a customer within a campaign, sent until as_of, and what became of it
-- until then. A control row is a contact deliberately not made.
-- depends_on: {{ ref('cfm_touched_facts') }}, {{ source('identity', 'idn_changed_record') }}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='touch_key',
    on_schema_change='fail',
) }}

select
    -- keys
    facts.touch_key,
    facts.channel,
    facts.touch_id,
    identity.member_id,
    facts.record_key,
    facts.campaign_id,
    {{ referenced_key('campaigns.campaign_key', 'facts.channel', 'facts.campaign_id') }}
        as campaign_key,

    -- course
    facts.contact_channel,
    facts.variant,
    coalesce(facts.is_control, false) as is_control,
    coalesce(facts.automated, false) as is_automated,
    facts.sent_at,
    {{ business_date('facts.sent_at') }} as sent_on,
    {{ until_as_of('facts.touch_delivered_at') }} as delivered_at,
    {{ until_as_of('facts.opened_at') }} as opened_at,
    {{ until_as_of('facts.clicked_at') }} as clicked_at,
    {{ until_as_of('facts.bounced_at') }} as bounced_at,
    {{ until_as_of('facts.unsubscribed_at') }} as unsubscribed_at
from {{ ref('cfm_touches') }} as facts
left join {{ ref('member_identity') }} as identity on facts.record_key = identity.record_key
left join {{ ref('cfm_campaign_reference') }} as campaigns
    on facts.channel = campaigns.channel and facts.campaign_id = campaigns.campaign_id
where
    facts.sent_at < {{ as_of_end() }}
    {%- if is_incremental() %}
    and {{ is_touched_fact('touches', 'facts.touch_key', 'facts.record_key') }}
    {%- endif %}
