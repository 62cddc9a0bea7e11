"""What the gates compare a build with: the published state, and what people accepted."""

from __future__ import annotations

import duckdb

from dagster_project.build.plan import BuildPlan, read_plan
from dagster_project.quality import (
    AcceptedCheck,
    GateContext,
    GateReport,
    open_acceptances,
    write_results,
)
from dagster_project.release import current
from dagster_project.settings import Home, Settings


def gate_context(home: Home, settings: Settings, plan: BuildPlan) -> GateContext:
    """The context of one run's gates.

    Two builds are compared only when the later one continues the earlier: the same day or a later
    one, and every batch of the earlier one still there.
    """
    state = read_plan(home.state_database)
    release = current(home)
    continues = (
        state is not None and state.as_of <= plan.as_of and set(state.batches) <= set(plan.batches)
    )
    return GateContext(
        run_id=plan.run_id,
        as_of=plan.as_of,
        as_of_end=plan.as_of_end,
        delivered_at=plan.delivered_at,
        published_batches=frozenset(state.batches if state else ()),
        previous_release=release.database if release and continues else None,
        accepted=open_acceptances(home),
        time_zone=settings.time_zone,
        reporting_currency=settings.reporting_currency,
    )


def keep_report(home: Home, report: GateReport) -> None:
    """Keep what a gate found in the build: its results, and the acceptances that let it pass."""
    with duckdb.connect(str(home.next_database)) as con:
        write_results(con, report.results)
        con.execute(
            "create table if not exists build.accepted "
            "(run_id varchar, check_id varchar, reason varchar)"
        )
        for word in report.used:
            con.execute(
                "insert into build.accepted values (?, ?, ?)",
                [word.run_id, word.check, word.reason],
            )


def used_acceptances(con: duckdb.DuckDBPyConnection) -> list[AcceptedCheck]:
    """The acceptances the gates of a build have used."""
    return [
        AcceptedCheck(*row)
        for row in con.execute("select run_id, check_id, reason from build.accepted").fetchall()
    ]
