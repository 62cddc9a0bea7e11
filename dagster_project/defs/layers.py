"""The layers dbt builds, split where Python or a gate stands between them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from dagster_project.build import dbt
from dagster_project.build.progress import stage
from dagster_project.defs.described import measured, texts_of
from dagster_project.defs.translator import WarehouseTranslator
from dagster_project.defs.warehouse import Warehouse

TRANSLATOR = WarehouseTranslator()
dbt.load_manifest()

CORE, SCORES = "config.schema:core", "config.schema:scores"
MARTS, OPS = "config.schema:marts", "config.schema:ops"
SEEDS, SEED_SCHEMA = "resource_type:seed", "rules"
CONFORM = (
    SEEDS,
    "config.schema:staging",
    "config.schema:conformed",
    "config.schema:identity",
)


def _asset_events(context: dg.AssetExecutionContext, raw: list[dict[str, Any]]) -> Iterator[Any]:
    for event in raw:
        yield from DbtCoreCliEventMessage(
            raw_event=event, event_history_metadata={}
        ).to_default_asset_events(
            manifest=dbt.MANIFEST_PATH, dagster_dbt_translator=TRANSLATOR, context=context
        )


def _measured(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dict[str, dict[str, Any]]:
    """What stands in the database of each output."""
    keys = {key.to_python_identifier(): key for key in context.selected_asset_keys}
    named = {name: (key.path[0], key.path[-1]) for name, key in keys.items()}
    specs = {name: context.assets_def.get_asset_spec(key) for name, key in keys.items()}
    described = {relation: texts_of(specs[name]) for name, relation in named.items()}
    found = measured(warehouse.home.next_database, described)
    return {name: found[relation] for name, relation in named.items() if relation in found}


def _with_facts(event: Any, facts: dict[str, dict[str, Any]]) -> Any:
    if isinstance(event, dg.Output) and event.output_name in facts:
        return event.with_metadata({**event.metadata, **facts[event.output_name]})
    return event


def _run(
    context: dg.AssetExecutionContext, warehouse: Warehouse, layer: dbt.Layer
) -> Iterator[Any]:
    plan = warehouse.plan(context.run.run_id)
    if plan.mode == "incremental":
        # not selected, rather than excluded: tests that read a seed are to run
        layer = replace(layer, select=tuple(one for one in layer.select if one != SEEDS))
        yield from _unchanged_seeds(context)

    def tell(name: str, status: str, seconds: float) -> None:
        context.log.info("%s: %s in %.1f s", name, status, seconds)

    failure: dbt.DbtError | None = None
    try:
        with stage(f"build {context.assets_def.op.name}"):
            raw = dbt.build(warehouse.home, warehouse.settings, plan, layer, tell)
    except dbt.DbtError as error:
        failure, raw = error, error.events
    facts = _measured(context, warehouse)
    for event in _asset_events(context, raw):
        yield _with_facts(event, facts)
    if failure is not None:
        raise failure


def _unchanged_seeds(context: dg.AssetExecutionContext) -> Iterator[dg.Output]:
    """An increment continues a state built with the same rules: another seed means a full build."""
    for key in context.selected_asset_keys:
        if key.path[0] == SEED_SCHEMA:
            yield dg.Output(
                None,
                key.to_python_identifier(),
                metadata={"unchanged since": "the published state"},
            )


def _layer(name: str, layer: dbt.Layer) -> dg.AssetsDefinition:
    @dbt_assets(
        manifest=dbt.MANIFEST_PATH,
        select=" ".join(layer.select),
        name=name,
        dagster_dbt_translator=TRANSLATOR,
    )
    def assets(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[Any]:
        yield from _run(context, warehouse, layer)

    return assets


LAYERS = {
    "conform": dbt.Layer(CONFORM, exclude=(CORE, SCORES, MARTS, OPS)),
    "core": dbt.Layer((CORE,), exclude=(SCORES, MARTS, OPS)),
    "score_inputs": dbt.Layer((SCORES,), exclude=(MARTS, OPS)),
    "marts": dbt.Layer((MARTS, OPS)),
}

conform = _layer("conform", LAYERS["conform"])
core = _layer("core", LAYERS["core"])
score_inputs = _layer("score_inputs", LAYERS["score_inputs"])
# A mart nobody has built for so long makes its reader doubt it: Dagster says so on the asset.
FRESH = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=48), warn_window=timedelta(hours=26)
)
marts = _layer("marts", LAYERS["marts"]).map_asset_specs(
    lambda spec: dg.apply_freshness_policy(spec, FRESH) if spec.key.path[0] == "marts" else spec
)
