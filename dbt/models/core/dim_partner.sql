-- One row: a marketing partner as a channel describes it.
select
    partner_key,
    channel,
    partner_id,
    name,
    partner_type,
    started_on
from {{ ref('cfm_partners') }}
where updated_at is null or updated_at < {{ as_of_end() }}
