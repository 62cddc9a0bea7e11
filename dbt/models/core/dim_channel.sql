-- One row: a channel that has delivered at least one record.
select
    channel,
    channel_name,
    channel_name_zh,
    channel_type,
    source_priority
from {{ ref('cfm_channels') }}
