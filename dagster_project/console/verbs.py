"""What the verbs of the command do."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import typer

from dagster_project.build.request import RefreshRequest
from dagster_project.console.output import (
    answer,
    err,
    out,
    print_json,
    print_rows,
    print_table,
    progress,
    show,
)
from dagster_project.settings import HOME_VARIABLE, Home, export, home_from_environment

_FIGURES = """
    select count(*), count(*) filter (where is_buyer),
        (select count(*) from core.fct_order where is_valid),
        (select coalesce(sum(net_revenue), 0) from core.fct_order where is_valid)
    from core.dim_member
"""
_SEGMENTS = """
    select segment, segment_zh, count(*) as members, sum(monetary) as revenue
    from marts.member_rfm group by segment, segment_zh order by members desc, segment
"""


def choose_home(path: Path) -> None:
    """Make ``path`` the home of this command."""
    export({HOME_VARIABLE: str(path.resolve())})


def run(request: RefreshRequest, as_json: bool) -> None:
    """Run ``refresh`` with progress, then show what was published."""
    from dagster_project.build.progress import listen
    from dagster_project.build.run import VERDICTS, run_refresh
    from dagster_project.release import current

    home = home_from_environment()
    with progress(quiet=as_json) as say, listen(say):
        result = run_refresh(home, request)
    if as_json:
        now = current(home)
        seen = {"release": now.id, "as_of": now.as_of} if now else {"release": None, "as_of": None}
        print_json({**asdict(result), "verdict": VERDICTS[result.code], **seen})
        raise typer.Exit(result.code)
    if result.code:
        for message in result.messages:
            err.print(message, style="red", markup=False)
        verdict = VERDICTS[result.code]
        err.print(f"run {result.run_id}: {verdict}; the last release stays as it was", markup=False)
        raise typer.Exit(result.code)
    show_summary(home)


def show_summary(home: Home) -> None:
    """The first answers of the current release, and where to look next."""
    from dagster_project.release import current, open_release

    release = current(home)
    if release is None:
        return
    out.print(f"\nPublished release [bold]{release.id}[/bold], as of {release.as_of}")
    with open_release(home) as con:
        figures = con.execute(_FIGURES).fetchall()[0]
        segments = con.execute(_SEGMENTS).fetchall()
    labels = ("members 会员", "buyers 购买会员", "valid orders 有效订单", "net revenue 净收入")
    for label, value in zip(labels, figures, strict=True):
        out.print(f"  {label:<24} {value:>16,}")
    if segments:
        print_table(("segment", "segment_zh", "members", "revenue"), segments)
    query = f"member-warehouse --home {home.root} sql 'show all tables'"
    report = f"member-warehouse --home {home.root} report --open"
    out.print(f"\nLook next: {report}", markup=False)
    out.print(f"Ask: {query}", markup=False)
    out.print(f"BI reads {home.current}/warehouse.duckdb; Dagster UI: make dev", markup=False)


def query(text: str, form: str, release_id: str | None) -> None:
    """Run one statement on a release and print its rows."""
    from dagster_project.release import open_release

    with open_release(home_from_environment(), release_id) as con:
        cursor = con.execute(text)
        columns = [column[0] for column in cursor.description or []]
        print_rows(columns, cursor.fetchall(), form)


def show_releases(as_json: bool) -> None:
    """List the releases."""
    from dagster_project.release import current, list_releases

    home = home_from_environment()
    now = current(home)
    rows = [
        {"release_id": r.id, "as_of": r.as_of, "current": now is not None and r.id == now.id}
        for r in list_releases(home)
    ]
    show(rows, ("release_id", "as_of", "current"), as_json, "nothing is published yet")


def roll_back(release_id: str, as_json: bool) -> None:
    """Switch ``current``; the run lock keeps a publish from racing with it."""
    from dagster_project.build.session import exclusive
    from dagster_project.release import rollback

    home = home_from_environment()
    with exclusive(home):
        rollback(home, release_id)
    answer({"release": release_id}, f"current is now {release_id}", as_json)


def show_status(as_json: bool) -> None:
    """What is published and how the last run ended."""
    from dagster_project.console.status import home_status

    facts = home_status(home_from_environment())
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        out.print(f"{name:<20} {value}", markup=False)


def write_demo(directory: Path, size: dict[str, int], as_json: bool) -> None:
    """Write the demo brand; ``size``: members, days, seed and native of ``write_sample``."""
    from dagster_project.sample import write_sample

    with progress(quiet=as_json) as say:

        def tell(done: int, total: int) -> None:
            say(f"{done:,} of {total:,} members")

        summary = write_sample(directory, **size, on_progress=tell)
    line = (
        f"{summary.records:,} records and {summary.orders:,} orders of {summary.members:,} people: "
        f"{summary.rows:,} rows in {summary.files:,} files; what was planted: {summary.truth}"
    )
    answer(asdict(summary), line, as_json)


def write_preset_files(directory: Path, as_json: bool) -> None:
    """Write a small delivery in the format of every preset."""
    from dagster_project.sample.presets import write_presets

    files = write_presets(directory)
    wrong = sum(len(one.planted) for one in files)
    facts = {"files": len(files), "planted_errors": wrong}
    answer(facts, f"{len(files)} files, {wrong} planted errors", as_json)


def show_batches(as_json: bool) -> None:
    """List the batches."""
    from dagster_project.ingest import list_batches

    columns = ("batch_id", "format", "entity", "channel", "file", "rows_loaded", "ingested_at")
    batches = list_batches(home_from_environment())
    rows = [{c: getattr(b, c) for c in columns} for b in batches]
    show(rows, columns, as_json, "no batch in raw yet")


def withdraw(batch_id: str, reason: str, as_json: bool) -> None:
    """Mark a batch as withdrawn."""
    from dagster_project.build.session import exclusive
    from dagster_project.ingest import withdraw_batch

    home = home_from_environment()
    with exclusive(home):
        withdraw_batch(home, batch_id, reason)
    facts = {"batch_id": batch_id, "reason": reason}
    answer(facts, f"batch {batch_id} is withdrawn; the next run builds without it", as_json)


def accept(run_id: str, check: str, reason: str, as_json: bool) -> None:
    """Note that a blocked check may pass once."""
    from dagster_project.build.session import exclusive
    from dagster_project.quality import accept_check

    home = home_from_environment()
    with exclusive(home):
        accept_check(home, run_id, check, reason)
    facts = {"run_id": run_id, "check": check, "reason": reason}
    answer(facts, f"{check} passes once in the next run: member-warehouse run", as_json)
