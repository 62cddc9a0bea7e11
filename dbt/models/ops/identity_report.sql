-- One row: a measure of identity resolution in this run.
select
    measure,
    value
from {{ source('identity', 'idn_report') }}
