"""How much of a file may be wrong before it is held: rows of ``dbt/seeds/rules/feed_rules.csv``."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.formats import Field
from dagster_project.ingest.field_sql import cell_of
from dagster_project.ingest.held import FileHeld
from dagster_project.settings import RULES_DIR

RULES_FILE = RULES_DIR / "feed_rules.csv"
ANY = "*"
_REMEDY = (
    "`member-warehouse quarantine list` names it, `quarantine show` shows its rows; have it "
    "delivered anew, or let it in with `quarantine release`"
)


@dataclass(frozen=True)
class Budget:
    """What a feed may get wrong; the columns are described in ``_rules_ingest.yml``."""

    error_budget: float
    bad_rows_free: int
    changed_type_share: float
    shrunk_share: float


def budget_of(channel: str, entity: str, path: Path = RULES_FILE) -> Budget:
    """The row that says most about a feed.

    Raises:
        ValueError: a row cannot be read, or the row for any feed is missing.
    """
    rows = _rows(path)
    for place in ((channel, entity), (channel, ANY), (ANY, entity), (ANY, ANY)):
        if place in rows:
            return rows[place]
    raise ValueError(f"{path.name}: the row {ANY},{ANY} is missing")


def count_filled(
    con: duckdb.DuckDBPyConnection,
    typed: str,
    fields: Sequence[Field],
    causes: Sequence[dict[str, Any]],
) -> dict[str, int]:
    """Cells of ``typed`` that are not empty, by column, for the columns something is wrong with."""
    columns = {one["column"] for one in causes}
    counted = [one for one in fields if one.name in columns]
    if not counted:
        return {}
    counts = ", ".join(f"count({cell_of('f', one)})" for one in counted)
    row = con.execute(f"select {counts} from {typed}").fetchall()[0]
    return {one.name: count for one, count in zip(counted, row, strict=True)}


def over_budget(
    budget: Budget, rows: int, bad: int, causes: Sequence[dict[str, Any]], filled: dict[str, int]
) -> FileHeld | None:
    """Why a file is held for its bad rows, or None where it may be loaded.

    Args:
        rows, bad: rows of the file, and those of them that go to quarantine.
        causes: {reason, column, rows} of the bad rows.
        filled: cells that are not empty, by column.
    """
    worst = sorted(causes, key=lambda one: (-one["rows"], one["reason"], one["column"] or ""))
    for one in worst:
        cells = filled.get(one["column"] or "", 0)
        is_type = one["reason"].startswith("bad_") and one["rows"] > budget.bad_rows_free
        if is_type and one["rows"] >= budget.changed_type_share * cells:
            return FileHeld(
                "changed_type",
                f"column {one['column']}: {one['rows']} of {cells} values cannot be read as what "
                f"the column was ({one['reason']})",
                "have the channel write the column as before, or change its type in the format",
            )
    if bad <= max(budget.bad_rows_free, budget.error_budget * rows):
        return None
    named = ", ".join(
        " ".join(filter(None, (one["reason"], one["column"], str(one["rows"]))))
        for one in worst[:5]
    )
    return FileHeld(
        "over_budget",
        f"{bad} of {rows} rows cannot be read ({bad / rows:.1%}, allowed are "
        f"{budget.error_budget:.1%}): {named}",
        _REMEDY,
    )


@cache
def _rows(path: Path) -> dict[tuple[str, str], Budget]:
    found: dict[tuple[str, str], Budget] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            place = (row["channel"], row["entity"])
            try:
                found[place] = Budget(
                    float(row["error_budget"]),
                    int(row["bad_rows_free"]),
                    float(row["changed_type_share"]),
                    float(row["shrunk_share"]),
                )
            except ValueError as error:
                raise ValueError(f"{path.name}, feed {','.join(place)}: {error}") from None
    return found
