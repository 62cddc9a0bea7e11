"""``member-warehouse plan``: build aside, say what would change, then ask."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from dagster_project.build.request import RefreshRequest
from dagster_project.console.asked import day_of, landing_of
from dagster_project.console.output import (
    AsJson,
    err,
    errors,
    out,
    print_json,
    print_table,
    progress,
)
from dagster_project.release import DiffRow
from dagster_project.settings import Home, home_from_environment

SHOWN = 40
GROUPS = (
    ("Columns", lambda m: m.startswith("column_")),
    ("Members who would move", lambda m: "_moved" in m),
    ("Rows and keys", lambda m: m in ("rows", "keys_added", "keys_removed")),
    ("Totals", lambda m: True),
)


def plan(
    as_of: Annotated[str, typer.Option(help="YYYY-MM-DD or auto (the last order day).")] = "auto",
    landing: Annotated[Path | None, typer.Option(help="Default: <home>/landing.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Publish without asking.")] = False,
    no: Annotated[bool, typer.Option("--no", help="Only show; publish nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Build and gate aside, show what readers would see change, then ask (JSON never asks)."""
    if yes and no:
        raise typer.BadParameter("choose one of --yes and --no")
    with errors():
        home = home_from_environment()
        _build(
            home, RefreshRequest(landing=landing_of(landing), as_of=day_of(as_of)), quiet=as_json
        )
        from dagster_project.build.aside import preview_aside

        rows = preview_aside(home)
        if as_json:
            published = _publish(home) if yes else None
            print_json({"changes": [_change(row) for row in rows], "published": published})
            return
        show_changes(rows)
        if yes or not no and typer.confirm("Publish it?"):
            out.print(f"published release {_publish(home)}", markup=False)
        else:
            out.print("nothing is published; the build waits until the next run", markup=False)


def _change(row: DiffRow) -> dict[str, object]:
    """A difference with its figures as text, so that no digit is lost."""
    return {**asdict(row), "difference": row.difference}


def _build(home: Home, request: RefreshRequest, quiet: bool) -> None:
    from dagster_project.build.progress import listen
    from dagster_project.build.run import ASIDE, run_refresh

    with progress(quiet) as say, listen(say):
        result = run_refresh(home, request, ASIDE)
    if result.code:
        for message in result.messages:
            err.print(message, style="red", markup=False)
        raise typer.Exit(result.code)


def _publish(home: Home) -> str:
    import dagster as dg

    from dagster_project.build.aside import plan_aside
    from dagster_project.build.session import exclusive
    from dagster_project.defs.release import publish_build
    from dagster_project.settings import settings_from_environment

    with exclusive(home), dg.DagsterInstance.get() as instance:
        found = plan_aside(home, instance)
        return publish_build(home, settings_from_environment(), found).id


def show_changes(rows: list[DiffRow]) -> None:
    """Print the differences in groups, the largest of each first."""
    if not rows:
        out.print("nothing would change for readers")
    left = list(rows)
    for title, belongs in GROUPS:
        mine = [row for row in left if belongs(row.measure)]
        left = [row for row in left if row not in mine]
        if not mine:
            continue
        mine.sort(key=lambda row: (-abs(row.difference), row.relation, row.measure))
        out.print(f"\n[bold]{title}[/bold]: {len(mine)} changes")
        print_table(
            ("table", "measure", "now", "then", "change"),
            [
                (r.relation, r.measure, f"{r.previous:,}", f"{r.current:,}", f"{r.difference:+,}")
                for r in mine[:SHOWN]
            ],
        )
        if len(mine) > SHOWN:
            out.print(f"… and {len(mine) - SHOWN} more: --json shows all", markup=False)
