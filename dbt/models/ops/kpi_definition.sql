-- One row: a KPI: its names, formula, unit and owner, as marts and BI show them.
select
    kpi,
    kpi_name,
    kpi_name_zh,
    formula,
    unit,
    direction,
    owner
from {{ ref('kpi_catalogue') }}
