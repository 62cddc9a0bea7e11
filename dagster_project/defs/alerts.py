"""Telling alerts, after publishing: what fails here fails nothing before it."""

import dataclasses

import dagster as dg

from dagster_project.activation.alert_delivery import deliver_current
from dagster_project.build.progress import stage
from dagster_project.defs.release import release
from dagster_project.defs.warehouse import Warehouse


@dg.asset(
    name="alert_delivery",
    group_name="activation",
    deps=[release],
    kinds={"python"},
    owners=["team:data-engineering"],
)
def alert_delivery(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    """预警送达 — Alerts of the release at their targets; `alerts/deliveries.jsonl` has every try.

    Only the current release tells; what was told before is not told again.
    """
    with stage("alerts"):
        try:
            outcome = deliver_current(warehouse.home)
        except Exception as error:  # the release stands; the next run tries again
            context.log.warning(f"alerts could not be told: {type(error).__name__}")
            return dg.MaterializeResult(metadata={"told": False, "error": type(error).__name__})
    if outcome.failed:
        context.log.warning(f"{outcome.failed} notices wait for the next run")
    return dg.MaterializeResult(metadata={"told": True, **dataclasses.asdict(outcome)})
