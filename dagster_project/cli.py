"""``member-warehouse …``: thin; every verb is also a Dagster job or a plain function.

Exit codes: 0 done, 1 an error, 2 wrong usage, 3 a gate blocked (nothing published), 4 another
run holds the lock.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dagster_project.build.request import RefreshRequest
from dagster_project.console import (
    alerts,
    audience,
    channel,
    doctor,
    identity,
    member,
    plan,
    quarantine,
    report,
    scenario,
    source,
    verbs,
)
from dagster_project.console.asked import day_of, landing_of
from dagster_project.console.output import AsJson, errors

app = typer.Typer(
    help="The open data warehouse for e-commerce membership.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
batch_app = typer.Typer(help="Delivered batches in raw.", no_args_is_help=True)
gate_app = typer.Typer(help="The quality gates.", no_args_is_help=True)
app.add_typer(batch_app, name="batch")
app.add_typer(gate_app, name="gate")
app.add_typer(scenario.app, name="scenario")
app.add_typer(identity.app, name="identity")
app.add_typer(alerts.app, name="alerts")
app.add_typer(quarantine.app, name="quarantine")
app.command("report")(report.report)
app.command("plan")(plan.plan)
app.add_typer(channel.app, name="channel")
app.add_typer(source.app, name="source")
app.add_typer(audience.app, name="audience")
app.add_typer(member.app, name="member")
app.command("doctor")(doctor.doctor)


class Format(StrEnum):
    """How query results are printed."""

    table = "table"
    csv = "csv"
    json = "json"


@app.callback()
def main(
    home: Annotated[
        Path | None,
        typer.Option(help="The warehouse's folder.", envvar="MEMBER_WAREHOUSE_HOME"),
    ] = None,
) -> None:
    """Choose the home every verb works on (default ./data)."""
    verbs.choose_home(home or Path("data"))


@app.command()
def run(
    landing: Annotated[Path | None, typer.Option(help="Default: <home>/landing.")] = None,
    as_of: Annotated[str, typer.Option(help="YYYY-MM-DD or auto (the last order day).")] = "auto",
    full_refresh: Annotated[bool, typer.Option(help="Build all anew from raw.")] = False,
    make_current: Annotated[
        bool, typer.Option(help="Publish as current even for an earlier day than the current one.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Ingest, build, gate and publish, as one Dagster run."""
    with errors():
        verbs.run(
            RefreshRequest(landing_of(landing), day_of(as_of), full_refresh, make_current), as_json
        )


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="One statement over core, marts and ops.")],
    format: Annotated[Format, typer.Option(help="table, csv or json.")] = Format.table,
    release: Annotated[str | None, typer.Option(help="A release id; default the current.")] = None,
    as_json: AsJson = False,
) -> None:
    """Query a release, read-only."""
    with errors():
        verbs.query(query, Format.json if as_json else format, release)


@app.command()
def releases(as_json: AsJson = False) -> None:
    """List the releases, the current one marked."""
    with errors():
        verbs.show_releases(as_json)


@app.command()
def rollback(
    release_id: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False
) -> None:
    """Make an older release the current one."""
    with errors():
        verbs.roll_back(release_id, as_json)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Say what is published, when the last run was, and what stands in the way."""
    with errors():
        verbs.show_status(as_json)


@app.command()
def sample(  # noqa: PLR0913, PLR0917 (the options of one verb)
    directory: Annotated[Path, typer.Argument(help="Where the demo brand's channels deliver.")],
    members: Annotated[int, typer.Option(min=200, help="Persons.")] = 12_000,
    days: Annotated[int, typer.Option(min=60, help="Days of history.")] = 730,
    seed: Annotated[int, typer.Option(help="Equal seeds, equal files.")] = 7,
    presets: Annotated[
        bool, typer.Option("--presets", help="Small files in every preset's format instead.")
    ] = False,
    native: Annotated[
        bool, typer.Option("--native", help="The brand as its platforms' own exports.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the demo brand's landing files."""
    with errors():
        if presets:
            verbs.write_preset_files(directory, as_json)
        else:
            size = {"members": members, "days": days, "seed": seed, "native": native}
            verbs.write_demo(directory, size, as_json)


@batch_app.command("list")
def batch_list(as_json: AsJson = False) -> None:
    """List the batches in raw."""
    with errors():
        verbs.show_batches(as_json)


@batch_app.command("withdraw")
def batch_withdraw(
    batch_id: Annotated[str, typer.Argument(metavar="ID")],
    reason: Annotated[str, typer.Option(help="Why; kept with the mark.")],
    as_json: AsJson = False,
) -> None:
    """Take a delivery out of everything downstream; raw keeps it, marked."""
    with errors():
        verbs.withdraw(batch_id, reason, as_json)


@gate_app.command("accept")
def gate_accept(
    run_id: Annotated[str, typer.Argument(metavar="RUN")],
    check: Annotated[str, typer.Argument(metavar="CHECK")],
    reason: Annotated[str, typer.Option(help="Why it is right this time; logged.")],
    as_json: AsJson = False,
) -> None:
    """Let one blocked check of a run pass once."""
    with errors():
        verbs.accept(run_id, check, reason, as_json)
