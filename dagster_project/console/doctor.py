"""``member-warehouse doctor``: is this machine and this home fit to work?"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from dagster_project.console.output import FAILED, errors, out, print_table
from dagster_project.settings import home_from_environment


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look at versions, disk, lock, last run, key, log, telemetry and fonts; exit 1 on an error."""
    with errors():
        from dagster_project.console.health import ERROR, findings, worst

        found = findings(home_from_environment())
        if as_json:
            print(json.dumps([asdict(one) for one in found], ensure_ascii=False))
        else:
            columns = ("check", "state", "found", "remedy")
            print_table(columns, [[getattr(one, c) for c in columns] for one in found])
            out.print(f"{worst(found)}", markup=False)
        if worst(found) == ERROR:
            raise typer.Exit(FAILED)
