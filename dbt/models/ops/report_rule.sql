-- One row: what the release report may show, and the zone its business days are of.
select
    min_cell_members,
    '{{ var("time_zone") }}' as time_zone
from {{ ref('report_rules') }}
