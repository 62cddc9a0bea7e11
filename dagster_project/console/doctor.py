"""``member-warehouse doctor``: is this machine and this home fit to work?"""

from __future__ import annotations

from dataclasses import asdict

import typer

from dagster_project.console.output import FAILED, AsJson, errors, out, print_json, print_table
from dagster_project.settings import home_from_environment


def doctor(as_json: AsJson = False) -> None:
    """Look at versions, disk, lock, last run, key, log, telemetry and fonts; exit 1 on an error."""
    with errors():
        from dagster_project.console.health import ERROR, findings, worst

        found = findings(home_from_environment())
        if as_json:
            print_json([asdict(one) for one in found])
        else:
            columns = ("check", "state", "found", "remedy")
            print_table(columns, [[getattr(one, c) for c in columns] for one in found])
            out.print(f"{worst(found)}", markup=False)
        if worst(found) == ERROR:
            raise typer.Exit(FAILED)
