"""The replay: a copy of the published state, other rules in it, and the same models again."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from dagster_project.build import dbt
from dagster_project.build.fingerprint import code_fingerprint
from dagster_project.build.plan import BuildPlan, read_plan
from dagster_project.build.progress import stage
from dagster_project.build.session import exclusive
from dagster_project.release.digest import quoted, text_literal
from dagster_project.scenario.definition import ScenarioError
from dagster_project.scenario.reach import Reach
from dagster_project.scenario.seeds import Override
from dagster_project.scores import run_fit
from dagster_project.settings import Home, Settings


def copy_state(home: Home, settings: Settings, scratch: Home) -> BuildPlan:
    """Copy the published state aside; the run lock is held for as long as the copy takes.

    Returns:
        The plan the state was built by.

    Raises:
        ScenarioError: there is no state, or it is of other code or rules than the project's now.
        LockHeld: a run is replacing the state at this moment.
    """
    with exclusive(home):
        plan = read_plan(home.state_database)
        if plan is None:
            raise ScenarioError("nothing is published yet: member-warehouse run, then try again")
        if plan.fingerprint != code_fingerprint(settings):
            raise ScenarioError(
                "code or rules have changed since the last run: member-warehouse run, then the "
                "scenario is compared with what is published"
            )
        scratch.next_database.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(home.state_database, scratch.next_database)
    return plan


def put_rules(scratch: Home, overrides: Sequence[Override]) -> None:
    """Replace the rows of the changed rule files in the copy, in the types they have there.

    Raises:
        ScenarioError: a cell does not fit its column.
    """
    with duckdb.connect(str(scratch.next_database)) as con:
        for one in overrides:
            path = scratch.root / f"{one.seed.name}.csv"
            _write(path, one)
            table = f"rules.{quoted(one.seed.name)}"
            con.execute(f"delete from {table}")
            try:
                con.execute(f"copy {table} from {text_literal(path)} (format csv, header true)")
            except duckdb.Error as error:
                first = str(error).splitlines()[0]
                raise ScenarioError(f"{one.seed.name}: a cell does not fit: {first}") from None


def _write(path: Path, one: Override) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, one.seed.columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(one.rows)


def rebuild(scratch: Home, settings: Settings, plan: BuildPlan, found: Reach) -> None:
    """Build what the rules decide: core, inputs of scores, fits, marts, with all their tests.

    The tests of the rule files come first: rows that contradict each other build nothing.

    Raises:
        DbtError: a model fails under the scenario's rules, or a test of them does.
    """
    if found.rule_tests:
        dbt.build(scratch, settings, plan, dbt.Layer(found.rule_tests))
    later = {"core": ("scores", "marts", "ops"), "scores": ("marts", "ops"), "marts": ("ops",)}
    for schema, excluded in later.items():
        if names := tuple(found.models.get(schema, ())):
            exclude = tuple(f"config.schema:{other}" for other in excluded)
            with stage(f"replay {schema}"):
                dbt.build(scratch, settings, plan, dbt.Layer(names, exclude, full_refresh=True))
        if schema == "scores":
            for fit in found.fits:
                with stage(f"fit {fit.name}"):
                    run_fit(scratch.next_database, fit, plan.as_of)
