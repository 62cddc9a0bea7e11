"""``member-warehouse quarantine …``: what could not be read, and how it comes in after all."""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from dagster_project.console.output import (
    AsJson,
    answer,
    errors,
    out,
    print_json,
    print_table,
    show,
)
from dagster_project.settings import home_from_environment

app = typer.Typer(help="Rows and files that could not be read.", no_args_is_help=True)
BatchId = Annotated[str, typer.Argument(metavar="ID", help="As `quarantine list` names it.")]
COLUMNS = ("batch_id", "status", "file", "rows", "reasons")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the held files, and the loaded ones with rows in quarantine."""
    from dagster_project.ingest.quarantine import list_quarantine

    with errors():
        rows = [asdict(one) for one in list_quarantine(home_from_environment())]
        show(rows, COLUMNS, as_json, "nothing is in quarantine")


@app.command("show")
def show_(
    batch_id: BatchId,
    limit: Annotated[int, typer.Option(min=1, help="Rows to print.")] = 20,
    to: Annotated[
        Path | None, typer.Option(help="Write all rows as CSV, to be mended. Personal data!")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the rows as delivered: opens the vault with the home's key, they may be personal."""
    from dagster_project.ingest.quarantine import (
        entity_of_file,
        quarantined,
        read_rows,
        write_rows,
    )
    from dagster_project.privacy.keys import load_keys

    with errors():
        home = home_from_environment()
        rows = read_rows(home, load_keys(home), batch_id)
        if to is not None:
            entity = entity_of_file(home, quarantined(home, batch_id))
            count = write_rows(rows, to, entity)
            text = f"{count} rows in {to}: mend the cells, then `quarantine release`"
            answer({"rows": count, "file": to}, text, as_json)
            return
        shown = [
            [row.file_row, row.reason, row.column, json.dumps(row.values, ensure_ascii=False)]
            for row in itertools.islice(rows, limit)
        ]
        names = ("row", "reason", "column", "text")
        if as_json:
            print_json([dict(zip(names, row, strict=True)) for row in shown])
        else:
            print_table(names, shown)


@app.command()
def release(
    batch_id: BatchId,
    reason: Annotated[str, typer.Option(help="Why; kept with the mark.")],
    mended: Annotated[
        Path | None, typer.Option(help="Corrected rows, as `quarantine show --to` wrote them.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Let a held file in with its good rows; deliver mended rows."""
    from dagster_project.build.session import exclusive
    from dagster_project.ingest.quarantine import release as let_in

    with errors():
        home = home_from_environment()
        with exclusive(home):
            target = let_in(home, batch_id, reason, mended)
        if target and not as_json:
            out.print(f"mended rows are delivered as {target}", markup=False)
        facts = {"batch_id": batch_id, "delivered": target}
        answer(facts, "the next run reads them: member-warehouse run", as_json)
