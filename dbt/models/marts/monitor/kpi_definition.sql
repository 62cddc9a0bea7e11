-- One row: a KPI of the catalogue, as this release computed it.
select
    kpi,
    kpi_name,
    kpi_name_zh,
    formula,
    numerator,
    numerator_at,
    denominator,
    denominator_at,
    is_share,
    cast(scale as double) as scale,
    window_days,
    grain,
    is_restated,
    direction,
    unit,
    owner
from {{ ref('kpi_catalogue') }}
