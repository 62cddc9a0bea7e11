"""Publishing: the last step of a run, reached only when every blocking check passed."""

import json

import dagster as dg
import duckdb

from dagster_project.build.baseline import used_acceptances
from dagster_project.build.dbt import MANIFEST_PATH
from dagster_project.build.plan import BuildPlan
from dagster_project.build.progress import stage
from dagster_project.defs import layers
from dagster_project.defs.warehouse import Warehouse
from dagster_project.identity import write_register
from dagster_project.quality import AcceptedCheck, read_results, spend_acceptances
from dagster_project.release import (
    Release,
    ReleaseManifest,
    describe,
    promote_state,
    prune,
    publish,
)
from dagster_project.settings import Home, Settings


def _manifest(home: Home, plan: BuildPlan) -> tuple[ReleaseManifest, list[AcceptedCheck]]:
    with duckdb.connect(str(home.next_database), read_only=True) as con:
        quality, accepted = read_results(con), used_acceptances(con)
    manifest = ReleaseManifest(
        created_at=plan.delivered_at,
        as_of=plan.as_of,
        code_version=plan.fingerprint,
        batches=plan.batches,
        quality=quality,
        description=describe(json.loads(MANIFEST_PATH.read_text(encoding="utf-8"))),
    )
    return manifest, accepted


def publish_build(home: Home, settings: Settings, plan: BuildPlan) -> Release:
    """Publish ``next.duckdb``, then make it the state.

    The order matters at a kill: the register first (minting is repeatable), then the release,
    then the state (without it the next run just builds the same again).
    """
    manifest, accepted = _manifest(home, plan)
    if plan.make_current:
        write_register(home.next_database, home.register / "identity.parquet")
    release = publish(home, home.next_database, manifest, make_current=plan.make_current)
    spend_acceptances(home, accepted, plan.run_id)
    if plan.make_current:
        promote_state(home)
    prune(home, settings.releases_kept)
    return release


@dg.asset(
    name="release",
    group_name="release",
    deps=[*layers.core.keys, *layers.score_inputs.keys, *layers.marts.keys],
    kinds={"duckdb", "parquet"},
    owners=["team:data-engineering"],
)
def release(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    """The published release: a finished folder put in place by one rename, then `current`."""
    plan = warehouse.plan(context.run.run_id)
    with stage("publish"):
        done = publish_build(warehouse.home, warehouse.settings, plan)
    rows = sum(table["rows"] for table in done.facts["tables"].values())
    return dg.MaterializeResult(
        metadata={
            "release": done.id,
            "as_of": plan.as_of.isoformat(),
            "current": plan.make_current,
            "tables": len(done.facts["tables"]),
            "dagster/row_count": rows,
        }
    )
