"""What the identity step left open: likely pairs for people to decide, values it held back."""

from __future__ import annotations

from pathlib import Path

import duckdb

from dagster_project.identity.explain import SHOWN


def to_review(database: Path, limit: int) -> tuple[tuple[str, ...], list[tuple]]:
    """The likeliest undecided pairs: columns, and rows with the level of each comparison."""
    with duckdb.connect(str(database), read_only=True) as con:
        found = con.execute(
            "select * from identity.idn_review "
            "order by probability desc, left_record_key, right_record_key limit $limit",
            {"limit": limit},
        )
        return tuple(column[0] for column in found.description or []), found.fetchall()


def held_back(database: Path, limit: int) -> tuple[tuple[str, ...], list[tuple]]:
    """Values that joined nothing, those on the most records first: columns, and rows."""
    with duckdb.connect(str(database), read_only=True) as con:
        found = con.execute(
            "select identifier_type, left(token, $shown) as value, records, reason "
            "from identity.idn_held order by records desc, identifier_type, token limit $limit",
            {"limit": limit, "shown": SHOWN},
        )
        return tuple(column[0] for column in found.description or []), found.fetchall()
