"""One scenario from its folder to a stored result; the published release is only ever read."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.build import dbt
from dagster_project.build.plan import BuildPlan
from dagster_project.build.progress import stage
from dagster_project.release import current, run_lock
from dagster_project.release.digest import measure
from dagster_project.scenario.definition import find_scenario
from dagster_project.scenario.measures import Comparison, compare, read_measures, values_of
from dagster_project.scenario.picture import draw
from dagster_project.scenario.reach import Reach, reach
from dagster_project.scenario.replay import copy_state, put_rules, rebuild
from dagster_project.scenario.seeds import Override, override
from dagster_project.scenario.store import write_result
from dagster_project.settings import Home, Settings, settings_from_environment

ID_LENGTH = 16


@dataclass(frozen=True)
class ScenarioResult:
    """What a scenario came to: its facts, and every measure beside today's."""

    folder: Path
    facts: dict[str, Any]
    rows: list[Comparison]


def run_scenario(home: Home, name: str) -> ScenarioResult:
    """Replay the past under the scenario's rules and compare; the same again changes nothing.

    Raises:
        ScenarioError: the scenario or today's state cannot be used; says what to do.
        DbtError: a model or a test fails under these rules.
        LockHeld: a run is replacing the state, or the same scenario runs elsewhere.
    """
    settings = settings_from_environment()
    manifest = dbt.load_manifest()
    overrides = [override(manifest, path) for path in find_scenario(home, name).files]
    found = reach(manifest, [one.seed.name for one in overrides], everything=not overrides)
    scratch = Home(home.root / "work" / "scenarios" / name)
    with run_lock(scratch):
        try:
            return _replay(home, scratch, settings, Replay(name, overrides, found))
        finally:
            shutil.rmtree(scratch.root, ignore_errors=True)


@dataclass(frozen=True)
class Replay:
    """What is replayed: the scenario's name, its rule files, and what they decide."""

    name: str
    overrides: Sequence[Override]
    found: Reach


def _replay(home: Home, scratch: Home, settings: Settings, replay: Replay) -> ScenarioResult:
    for leftover in scratch.root.iterdir():
        if leftover.is_dir():
            shutil.rmtree(leftover)
    plan = copy_state(home, settings, scratch)
    database = scratch.next_database
    with duckdb.connect(str(database), read_only=True) as con:
        measures = read_measures(con)
    with stage("measure today"):
        base, before = values_of(database, measures), _digests(database, replay.found)
    put_rules(scratch, replay.overrides)
    rebuild(scratch, settings, plan, replay.found)
    with stage("compare"):
        after = _digests(database, replay.found)
        rows = compare(measures, base, values_of(database, measures))
    tables = {name: {"today": before[name], "scenario": after[name]} for name in sorted(before)}
    facts = _facts(home, plan, replay, tables)
    folder = write_result(home, facts, rows, draw(replay.name, facts["as_of"], rows))
    return ScenarioResult(folder, facts, rows)


def _digests(database: Path, found: Reach) -> dict[str, str]:
    with closing(duckdb.connect(str(database), read_only=True)) as con:
        names = [name for schema in ("core", "marts") for name in found.relations(schema)]
        return {name: measure(con, name).digest for name in names}


def _facts(home: Home, plan: BuildPlan, replay: Replay, tables: dict[str, Any]) -> dict[str, Any]:
    """What the result was made of; no clock in it, so equal runs give equal files."""
    release = current(home)
    facts = {
        "scenario": replay.name,
        "as_of": plan.as_of.isoformat(),
        "compared_with": release.id if release else None,
        "code_version": plan.fingerprint,
        "changes": [asdict(change) for one in replay.overrides for change in one.changes],
        "tables": tables,
    }
    text = json.dumps(facts, sort_keys=True).encode()
    return {"id": hashlib.sha256(text).hexdigest()[:ID_LENGTH], **facts}
