"""How the command speaks: tables, JSON, progress, errors with exit codes."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import duckdb
import typer
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

FAILED, LOCKED = 1, 4
SQLITE_FULL = "database or disk is full"
FULL_DISK = "the disk is full: make room where the home is, and run again; nothing needs repair"
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True, highlight=False)


@contextmanager
def errors() -> Iterator[None]:
    """Turn the errors a user can act on into a message and an exit code."""
    from dagster_project.release import LockHeld, ReleaseError

    try:
        yield
    except LockHeld as error:
        _fail(error, LOCKED)
    except (typer.BadParameter, typer.Exit, typer.Abort):
        raise
    except (ReleaseError, duckdb.Error, ValueError, OSError, RuntimeError) as error:
        _fail(error, FAILED)
    except Exception as error:
        # Dagster's event log, through SQLAlchemy.
        if SQLITE_FULL not in str(error):
            raise
        _fail(FULL_DISK, FAILED)


def _fail(error: Exception | str, code: int) -> None:
    err.print(f"error: {error}", style="red", markup=False)
    raise typer.Exit(code)


@contextmanager
def progress(quiet: bool = False) -> Iterator[Any]:
    """A live line on a terminal, plain lines elsewhere; nothing when ``quiet``."""
    if quiet:
        yield lambda line: None
        return
    if not out.is_terminal:
        yield lambda line: print(line, flush=True)
        return
    with out.status("starting") as status:

        def say(line: str) -> None:
            out.print(line, markup=False, highlight=False)
            status.update(line)

        yield say


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows for people: framed on a terminal, plain aligned lines elsewhere."""
    texts = [["" if value is None else str(value) for value in row] for row in rows]
    if out.is_terminal:
        table = Table(*columns)
        for row in texts:
            table.add_row(*(escape(text) for text in row))
        out.print(table)
        return
    lines = [[" ".join(text.split()) for text in row] for row in [list(columns), *texts]]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = (t + " " * (w - cell_len(t)) for t, w in zip(line, widths, strict=True))
        print("  ".join(padded).rstrip())


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], form: str) -> None:
    """Print rows as ``table``, ``csv`` or ``json``."""
    if form == "table":
        print_table(columns, rows)
    elif form == "json":
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
        sys.stdout.write(buffer.getvalue())


def print_json(value: Any) -> None:
    """Print one JSON document, on one line."""
    print(json.dumps(value, default=str, ensure_ascii=False))


def answer(facts: Mapping[str, Any], text: str, as_json: bool) -> None:
    """Say what was done: as a sentence, or its facts as JSON."""
    if as_json:
        print_json(facts)
    else:
        out.print(text, markup=False)


def show(rows: list[dict[str, Any]], columns: Sequence[str], as_json: bool, empty: str) -> None:
    """Print a listing, or say that it is empty."""
    if as_json:
        print_json(rows)
    elif rows:
        print_table(columns, [[row[c] for c in columns] for row in rows])
    else:
        out.print(empty)
