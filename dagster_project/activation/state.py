"""The published state, for reading: what releases do not hold stands there (tokens, records)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from dagster_project.build.plan import read_plan
from dagster_project.formats.quoting import sql_path
from dagster_project.release import ReleaseError, current
from dagster_project.settings import Home, Settings


@dataclass(frozen=True)
class State:
    """Which release the state is of, and the day it knows."""

    release_id: str
    as_of: date


def published_state(home: Home) -> Path:
    """The database of the last published build.

    Raises:
        ReleaseError: nothing is published yet.
    """
    if not home.state_database.exists():
        raise ReleaseError("nothing is published yet: `member-warehouse run` makes a release")
    return home.state_database


@contextmanager
def open_state(home: Home, settings: Settings) -> Iterator[tuple[duckdb.DuckDBPyConnection, State]]:
    """A connection in memory with the state of the current release as its default database.

    Raises:
        ReleaseError: nothing is published, or the current release is not what the last run built:
            after a rollback the members and consents known last are not those readers see.
    """
    release = current(home)
    if release is None:
        raise ReleaseError("nothing is published yet: `member-warehouse run` makes a release")
    plan = read_plan(home.state_database)
    facts = release.facts
    told = (facts["as_of"], facts["code_version"], sorted(facts["batches"]))
    if plan is None or told != (plan.as_of.isoformat(), plan.fingerprint, sorted(plan.batches)):
        raise ReleaseError(
            f"release {release.id} is not what the last run built, so who agrees now is not known: "
            "publish again with `member-warehouse run`, then export"
        )
    with duckdb.connect(config={"threads": settings.threads}) as con:
        con.execute(f"attach {sql_path(home.state_database)} as state (read_only)")
        con.execute("set search_path = 'state.main,memory.main'")
        yield con, State(release.id, plan.as_of)
