"""``member-warehouse scenario …``: what if the rules were others."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from dagster_project.console.output import (
    AsJson,
    errors,
    out,
    print_json,
    print_table,
    progress,
    show,
)
from dagster_project.settings import home_from_environment

app = typer.Typer(help="What if: the past under other rules, beside today.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME")]
COLUMNS = ("measure", "unit", "slice", "base", "scenario", "difference")


@app.command()
def run(name: Name, as_json: AsJson = False) -> None:
    """Replay the past under the scenario's rules and compare; nothing is published."""
    with errors():
        from dagster_project.build.dbt import DbtError
        from dagster_project.build.progress import listen
        from dagster_project.scenario import run_scenario

        home = home_from_environment()
        try:
            with progress(quiet=as_json) as say, listen(say):
                result = run_scenario(home, name)
        except DbtError as error:
            raise ValueError(f"under these rules the warehouse does not build: {error}") from error
        moved = [row for row in result.rows if row.difference]
        if as_json:
            print_json({**result.facts, "rows": [asdict(row) for row in moved]})
            return
        out.print(
            f"\n{len(result.facts['changes'])} cells of rules differ from today", markup=False
        )
        if moved:
            print_table(COLUMNS, [[getattr(row, c) for c in COLUMNS] for row in moved])
        else:
            out.print("no measure differs from today")
        out.print(f"picture and table: {result.folder}", markup=False)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the scenarios, and for which day each was last run."""
    with errors():
        from dagster_project.scenario import list_scenarios, read_result, stored_results

        home = home_from_environment()
        known = {one.name: str(one.folder) for one in list_scenarios(home)}
        ran = {name: read_result(home, name)[0] for name, _ in stored_results(home)}
        rows = [
            {
                "scenario": name,
                "as_of": ran[name]["as_of"] if name in ran else None,
                "compared_with": ran[name]["compared_with"] if name in ran else None,
                "folder": known.get(name),
            }
            for name in sorted({*known, *ran})
        ]
        columns = ("scenario", "as_of", "compared_with", "folder")
        show(rows, columns, as_json, "no scenario yet: see docs/what-if.md")


@app.command("show")
def show_(
    name: Name,
    as_json: AsJson = False,
    everything: Annotated[bool, typer.Option("--all", help="Also what does not differ.")] = False,
) -> None:
    """Show the last result of a scenario."""
    with errors():
        from dagster_project.scenario import read_result

        facts, rows = read_result(home_from_environment(), name)
        shown = [row for row in rows if everything or row["difference"]]
        if as_json:
            print_json({**facts, "rows": shown})
            return
        out.print(f"{name}, as of {facts['as_of']}, beside {facts['compared_with']}", markup=False)
        for change in facts["changes"]:
            out.print(
                "  {seed}: {key}: {column}: {base} -> {scenario}".format(**change), markup=False
            )
        print_table(COLUMNS, [[row[c] for c in COLUMNS] for row in shown])
