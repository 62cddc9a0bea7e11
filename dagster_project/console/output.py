"""How the command speaks: tables, JSON, progress, errors with exit codes."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import typer
from rich.console import Console
from rich.table import Table

FAILED, LOCKED = 1, 4
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
    except (ReleaseError, duckdb.Error, ValueError, OSError) as error:
        _fail(error, FAILED)


def _fail(error: Exception, code: int) -> None:
    err.print(f"error: {error}", style="red", markup=False)
    raise typer.Exit(code)


@contextmanager
def progress() -> Iterator[Any]:
    """A live line on a terminal, plain lines elsewhere."""
    if not out.is_terminal:
        yield lambda line: print(line, flush=True)
        return
    with out.status("starting") as status:

        def say(line: str) -> None:
            out.print(line, markup=False, highlight=False)
            status.update(line)

        yield say


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows for people."""
    table = Table(*columns)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    out.print(table)


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], form: str) -> None:
    """Print rows as ``table``, ``csv`` or ``json``."""
    if form == "table":
        print_table(columns, rows)
    elif form == "json":
        plain = [dict(zip(columns, row, strict=True)) for row in rows]
        print(json.dumps(plain, default=str, ensure_ascii=False))
    else:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
        sys.stdout.write(buffer.getvalue())


def show(rows: list[dict[str, Any]], columns: Sequence[str], as_json: bool, empty: str) -> None:
    """Print a listing, or say that it is empty."""
    if as_json:
        print(json.dumps(rows, default=str, ensure_ascii=False))
    elif rows:
        print_table(columns, [[row[c] for c in columns] for row in rows])
    else:
        out.print(empty)
