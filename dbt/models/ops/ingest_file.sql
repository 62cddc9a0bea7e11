-- One row: a delivered file, loaded as a batch or held as a whole; the same bytes delivered twice
-- are one file.
select
    batch_id,
    channel,
    format,
    entity,
    file,
    sha256,
    'loaded' as status,
    cast(null as varchar) as held_reason,
    rows_read,
    rows_loaded,
    rows_quarantined,
    ingested_at
from {{ source('raw', 'batch') }}
union all
select
    cast(null as varchar) as batch_id,
    channel,
    cast(null as varchar) as format,
    entity,
    file,
    sha256,
    'held' as status,
    reason as held_reason,
    cast(null as bigint) as rows_read,
    cast(null as bigint) as rows_loaded,
    cast(null as bigint) as rows_quarantined,
    cast(null as timestamp) as ingested_at
from {{ source('raw', 'held_file') }}
