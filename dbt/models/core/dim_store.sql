-- One row: a store as a channel describes it.
select
    store_key,
    channel,
    store_id,
    name,
    province,
    city,
    opened_on
from {{ ref('cfm_stores') }}
where updated_at is null or updated_at < {{ as_of_end() }}
