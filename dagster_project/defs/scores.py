"""The fits of ``dagster_project/scores`` as assets: between the inputs dbt builds and the marts."""

from collections.abc import Iterator

import dagster as dg

from dagster_project.build.progress import stage
from dagster_project.defs.described import measured_specs, specs
from dagster_project.defs.warehouse import Warehouse
from dagster_project.scores import FITS, Fit, FitResult, run_fit


def _specs(fit: Fit) -> list[dg.AssetSpec]:
    return specs(
        "scores",
        fit.writes,
        deps=[list(relation) for relation in fit.relations],
        group_name="scores",
        kinds={"python", "duckdb"},
        owners=["team:analytics"],
    )


def _metadata(fit: Fit, result: FitResult, table: str) -> dict[str, dg.MetadataValue]:
    """Figures on every table, texts and pictures on the first one."""
    shown = result.markdown if table == next(iter(fit.writes)) else {}
    return {
        **{name: _value(measure) for name, measure in result.measures.items()},
        **{name: dg.MetadataValue.md(text) for name, text in shown.items()},
    }


def _value(measure: float | int | str | bool) -> dg.MetadataValue:
    if isinstance(measure, bool):
        return dg.MetadataValue.bool(measure)
    if isinstance(measure, int):
        return dg.MetadataValue.int(measure)
    return (
        dg.MetadataValue.float(measure)
        if isinstance(measure, float)
        else dg.MetadataValue.text(measure)
    )


def _asset(fit: Fit) -> dg.AssetsDefinition:
    made = _specs(fit)

    @dg.multi_asset(specs=made, name=f"fit_{fit.name}")
    def fitted(
        context: dg.AssetExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.MaterializeResult]:
        plan = warehouse.plan(context.run.run_id)
        with stage(f"fit {fit.name}"):
            result = run_fit(warehouse.home.next_database, fit, plan.as_of)
        facts = measured_specs(warehouse.home.next_database, made)
        for spec in made:
            name = spec.key.path[-1]
            yield dg.MaterializeResult(
                asset_key=spec.key, metadata={**_metadata(fit, result, name), **facts[name]}
            )

    return fitted


fits = [_asset(fit) for fit in FITS]
