-- One row: a reason for which rows of a file were quarantined, by the column at fault.
select
    batches.batch_id,
    batches.channel,
    batches.entity,
    batches.file,
    quarantine.reason,
    quarantine.column_name,
    quarantine.row_count as rows
from {{ source('raw', 'quarantine') }} as quarantine
inner join {{ source('raw', 'batch') }} as batches on quarantine.batch_id = batches.batch_id
