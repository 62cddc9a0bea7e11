"""Publishing: the last step of a run, reached only when every blocking check passed."""

import json
from contextlib import closing
from typing import Any

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
from dagster_project.release.report import REPORT
from dagster_project.settings import Home, Settings

SHOWN_CHANGES = 60


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


def release_metadata(done: Release) -> dict[str, Any]:
    """What Dagster shows of a release: its day, size, report, and what changed for readers."""
    sql = "select relation, measure, previous, current, difference from ops.release_diff "
    with closing(duckdb.connect(str(done.database), read_only=True)) as con:
        changes = con.execute(
            f"{sql} where difference <> 0 order by measure not like '%moved%', "
            f"abs(difference) desc, relation, measure limit {SHOWN_CHANGES}"
        ).fetchall()
    head = "| table | measure | before | now | change |\n|---|---|---:|---:|---:|\n"
    lines = [f"| {t} | {m} | {old:,} | {new:,} | {by:+,} |" for t, m, old, new, by in changes]
    return {
        "release": done.id,
        "as_of": done.as_of,
        "tables": len(done.facts["tables"]),
        "dagster/row_count": sum(table["rows"] for table in done.facts["tables"].values()),
        "report": dg.MetadataValue.path(done.path / REPORT),
        "changes": dg.MetadataValue.md(head + "\n".join(lines) if lines else "none"),
    }


@dg.asset(
    name="release",
    group_name="release",
    deps=[*layers.core.keys, *layers.score_inputs.keys, *layers.marts.keys],
    kinds={"duckdb", "parquet"},
    owners=["team:data-engineering"],
)
def release(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    """发布 — A finished folder, put in place by one rename, then `current` points at it."""
    plan = warehouse.plan(context.run.run_id)
    with stage("publish"):
        done = publish_build(warehouse.home, warehouse.settings, plan)
    return dg.MaterializeResult(metadata={**release_metadata(done), "current": plan.make_current})
