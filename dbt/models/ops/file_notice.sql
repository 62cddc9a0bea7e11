-- One row: something to know of a delivered file that was not held for it: a column that is new or
-- lost, a file that shrank, is still being written, lacks its marker or left landing.
select
    batch_id,
    channel,
    entity,
    file,
    notice,
    column_name,
    detail
from {{ source('raw', 'file_notice') }}
