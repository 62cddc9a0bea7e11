"""``member-warehouse alerts …``: what fired, and telling it."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from dagster_project.console.output import AsJson, answer, errors, show
from dagster_project.settings import home_from_environment

app = typer.Typer(help="Alerts of KPIs: what fired, and telling it.", no_args_is_help=True)
COLUMNS = (
    "rule", "slice_type", "slice", "severity", "state", "fired_on", "recovered_on", "value",
    "expected",
)  # fmt: skip


@app.command("list")
def list_(
    as_json: AsJson = False,
    everything: Annotated[bool, typer.Option("--all", help="Also what has recovered.")] = False,
) -> None:
    """List the alerts of the current release, the newest first."""
    with errors():
        from dagster_project.release import open_release

        with open_release(home_from_environment()) as release:
            rows = release.execute(
                f"select {', '.join(COLUMNS)} from marts.kpi_alert where state = 'firing' or ? "
                "order by fired_on desc, alert_key",
                [everything],
            ).fetchall()
        shown = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        show(shown, COLUMNS, as_json, "nothing is firing")


@app.command()
def deliver(as_json: AsJson = False) -> None:
    """Tell what was not told yet to the targets in MEMBER_WAREHOUSE_ALERT_TARGETS."""
    with errors():
        from dagster_project.activation.alert_delivery import deliver_current
        from dagster_project.build.session import exclusive

        home = home_from_environment()
        with exclusive(home):
            outcome = deliver_current(home)
        figures = dataclasses.asdict(outcome)
        text = ", ".join(f"{value} {name}" for name, value in figures.items())
        answer(figures, text, as_json)
        if outcome.failed:
            raise typer.Exit(1)
