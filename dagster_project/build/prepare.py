"""From landing to an open build: ingest, choose the day and the mode, lay ``next.duckdb``."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb

from dagster_project.build.clock import choose_as_of, end_of_day
from dagster_project.build.fingerprint import code_fingerprint
from dagster_project.build.plan import BuildPlan, decide, read_plan, write_plan
from dagster_project.build.request import RefreshRequest
from dagster_project.ingest import Batch, clean_leftovers, create_raw_relations, list_batches
from dagster_project.release import clean_leftovers as clean_releases
from dagster_project.scenario.store import create_relation
from dagster_project.settings import Home, Settings


def clean(home: Home) -> None:
    """Remove what a run that died has left; nothing of it was visible to anybody."""
    clean_leftovers(home)
    clean_releases(home)
    for leftover in home.next_database.parent.glob(f"{home.next_database.name}*"):
        leftover.unlink()


def plan_build(
    home: Home, settings: Settings, run_id: str, delivered_at: datetime, request: RefreshRequest
) -> BuildPlan:
    """What this run will build, from the batches in raw and the published state.

    Args:
        delivered_at: start of the run, naive UTC.
    """
    batches = list_batches(home)
    day = choose_as_of(
        request.as_of,
        max((b.max_order_at for b in batches if b.max_order_at), default=None),
        max((b.max_at for b in batches if b.max_at), default=None),
        delivered_at,
        settings,
    )
    wanted = BuildPlan(
        run_id=run_id,
        delivered_at=delivered_at,
        as_of=day,
        as_of_end=end_of_day(day, settings),
        fingerprint=code_fingerprint(settings),
        make_current=request.make_current,
        batches=tuple(sorted(b.batch_id for b in batches)),
    )
    state = read_plan(home.state_database)
    return decide(wanted, state, _late(batches, state), request.full_refresh)


def _late(batches: list[Batch], state: BuildPlan | None) -> set[str]:
    if state is None:
        return set()
    late = {(b.channel, b.sha256) for b in batches if b.max_at and b.max_at >= state.as_of_end}
    # what one file holds is seen together: a till's tickets and their payments are joined
    return {b.batch_id for b in batches if (b.channel, b.sha256) in late}


def open_build(
    home: Home, plan: BuildPlan, copy: Callable[[Path, Path], object] = shutil.copyfile
) -> None:
    """Lay ``next.duckdb``: empty or the published state's copy, with the raw relations to build.

    The state itself is never written to, so a build that dies is thrown away without loss.
    """
    home.next_database.parent.mkdir(parents=True, exist_ok=True)
    if plan.mode == "incremental":
        copy(home.state_database, home.next_database)
    with duckdb.connect(str(home.next_database)) as con:
        create_raw_relations(con, home, set(plan.open_batches))
        create_relation(con, home, plan.as_of)
        write_plan(con, plan)
