-- One row: a what-if scenario, a measure and a slice, as the scenario's last run found them. It
-- says what would have been on its own as_of, which may lie before the release's.
with final as (
    select
        scenario_name,
        as_of,
        measure,
        measure_zh,
        unit,
        slice,
        base,
        scenario,
        difference
    from {{ source('scenarios', 'scenario_result') }}
)

select * from final
