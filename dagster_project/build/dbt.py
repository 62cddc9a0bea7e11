"""dbt inside this process: one manifest, any number of builds, every result as a Dagster event."""

from __future__ import annotations

import fcntl
import json
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.build.compiled import compiled_rules
from dagster_project.build.connections import closed_behind
from dagster_project.build.lean_dbt import make_lean
from dagster_project.build.plan import BuildPlan
from dagster_project.settings import (
    DATABASE_VARIABLE,
    DBT_PROJECT_DIR,
    MEMORY_VARIABLE,
    THREADS_VARIABLE,
    Home,
    Settings,
    export,
)

MANIFEST_PATH = DBT_PROJECT_DIR / "target" / "manifest.json"
PLACES = 4  # frames told of an error that is no node's
_DATABASE_NAME = "next.duckdb"
_RESULTS = {"LogSeedResult", "LogModelResult", "LogTestResult", "LogSnapshotResult"}
# Unit tests look at code, not at this build's data.
_BUILD_FLAGS = ["--no-write-json", "--log-level", "none", "--exclude-resource-type", "unit_test"]


@dataclass(frozen=True)
class Layer:
    """What one call of dbt builds and tests.

    Attributes:
        select: dbt selectors of the nodes; every test of them runs with them.
        exclude: layers not built yet: tests that look at them wait for their turn.
        full_refresh: incremental models are built anew from what they read.
    """

    select: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    full_refresh: bool = False


class DbtError(RuntimeError):
    """dbt could not do what it was asked for; ``events`` are the results there were."""

    def __init__(self, message: str, events: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.events = events or []


class DbtTestFailure(DbtError):
    """A data test of severity error found rows: the build must not be published."""


def _flags(target: Path, logs: Path) -> list[str]:
    return [
        "--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR),
        "--target-path", str(target), "--log-path", str(logs), "--quiet", "--no-use-colors",
    ]  # fmt: skip


@cache
def load_manifest() -> Any:
    """Parse the project once per process (partial parsing makes repeats cheap).

    The database's file name is part of every relation's name, so parsing and building must use
    the same one. A lock keeps processes from writing the parse cache at once.
    """
    from dbt.cli.main import dbtRunner

    make_lean()
    target = MANIFEST_PATH.parent
    target.mkdir(parents=True, exist_ok=True)
    export({DATABASE_VARIABLE: str(target / _DATABASE_NAME)})
    with (target / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = dbtRunner().invoke(["parse", *_flags(target, DBT_PROJECT_DIR / "logs")])
    if not result.success:
        raise DbtError(f"the dbt project does not parse: {result.exception}") from result.exception
    return result.result


def _raw_event(event: Any) -> dict[str, Any]:
    from google.protobuf.json_format import MessageToDict

    return MessageToDict(event, preserving_proto_field_name=True)


def build(
    home: Home,
    settings: Settings,
    plan: BuildPlan,
    layer: Layer,
    on_result: Callable[[str, str, float], None] = lambda name, status, seconds: None,
) -> list[dict[str, Any]]:
    """Build and test the selected nodes in ``next.duckdb``.

    Args:
        on_result: told of every node as it ends: its name, status and seconds.

    Returns:
        dbt's structured result events, one per node, in order of completion.

    Raises:
        DbtError: a node failed; ``DbtTestFailure`` where only data tests did. Its ``events``
            are those of the nodes that ended before.
    """
    from dbt.cli.main import dbtRunner

    events: list[dict[str, Any]] = []
    manifest = load_manifest()
    _export_profile(home, settings)
    flags = [*_flags(home.dbt / "target", home.dbt / "logs"), *_BUILD_FLAGS]
    variables = _variables(settings, plan) | compiled_rules(home.next_database, manifest)
    flags += ["--vars", json.dumps(variables), "--select", *layer.select]
    if layer.exclude:
        flags += ["--exclude", *layer.exclude]
    if layer.full_refresh:
        flags.append("--full-refresh")
    with closed_behind():
        result = dbtRunner(manifest=manifest, callbacks=[_keeper(events, on_result)]).invoke(
            ["build", *flags]
        )
        _raise_for(result, events)
    return events


def _keeper(
    events: list[dict[str, Any]], on_result: Callable[[str, str, float], None]
) -> Callable[[Any], None]:
    def keep(event: Any) -> None:
        if event.info.name in _RESULTS:
            raw = _raw_event(event)
            events.append(raw)
            node = raw["data"]["node_info"]
            seconds = float(raw["data"].get("execution_time", 0.0))
            on_result(node["node_name"], node["node_status"], seconds)

    return keep


def _export_profile(home: Home, settings: Settings) -> None:
    """What ``profiles.yml`` reads."""
    export(
        {
            DATABASE_VARIABLE: str(home.next_database),
            THREADS_VARIABLE: str(settings.threads),
            MEMORY_VARIABLE: settings.memory_limit,
        }
    )


def _variables(settings: Settings, plan: BuildPlan) -> dict[str, Any]:
    return {
        **plan.dbt_vars,
        "time_zone": settings.time_zone,
        "reporting_currency": settings.reporting_currency,
    }


def _raise_for(result: Any, events: list[dict[str, Any]]) -> None:
    if result.success:
        return
    if result.result is None:
        place = "".join(traceback.format_tb(result.exception.__traceback__)[-PLACES:])
        raise DbtError(f"dbt stopped: {result.exception}\n{place}")
    bad = [r for r in result.result.results if str(r.status) in {"error", "fail", "runtime error"}]
    tests = [r for r in bad if r.node.resource_type == "test" and str(r.status) == "fail"]
    lines = [f"  {r.node.original_file_path}: {r.node.name}: {r.message}" for r in bad]
    message = "\n".join([f"{len(bad)} dbt nodes failed:", *lines])
    error = DbtTestFailure if tests and len(tests) == len(bad) else DbtError
    raise error(message, events)


def row_counts(database: Path, relations: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Rows of each existing table among ``relations`` (schema, name)."""
    with duckdb.connect(str(database), read_only=True) as con:
        tables = set(con.execute("select schema_name, table_name from duckdb_tables()").fetchall())
        return {
            (schema, name): _count(con, schema, name)
            for schema, name in relations
            if (schema, name) in tables
        }


def _count(con: duckdb.DuckDBPyConnection, schema: str, name: str) -> int:
    return con.execute(f'select count(*) from "{schema}"."{name}"').fetchone()[0]  # type: ignore[index]
