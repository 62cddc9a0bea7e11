"""What changed between two releases: rows, columns, keys, money totals and moves between segments.

``facts`` below is the ``tables`` part of ``release.json``: rows, digest, totals, key and segments
of each relation. Relations of equal digest hold the same rows, so their keys are not read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from dagster_project.release.catalog import find_release
from dagster_project.release.digest import (
    columns_of,
    quoted,
    quoted_relation,
    text_literal,
)
from dagster_project.settings import Home

OWN_TABLES = ("ops.quality_result", "ops.release", "ops.release_diff")
MOVED, NOTHING = "_moved", "none"
Facts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class DiffRow:
    """One figure of a relation in two releases; a relation that is not there counts as empty."""

    relation: str
    measure: str
    previous: Decimal
    current: Decimal

    @property
    def difference(self) -> Decimal:
        """Current minus previous."""
        return self.current - self.previous


def _count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    return con.execute(sql).fetchall()[0][0]


def _keys_only_in(con: duckdb.DuckDBPyConnection, left: str, right: str, keys: str) -> int:
    return _count(
        con, f"select count(*) from (select {keys} from {left} except select {keys} from {right})"
    )


def _key_rows(
    con: duckdb.DuckDBPyConnection, relation: str, facts: Mapping[str, Any]
) -> Iterator[DiffRow]:
    """Keys that came and went, and for each segment column the keys whose value changed."""
    old, new = (quoted_relation(f"{release}.{relation}") for release in ("previous", "current"))
    shared = columns_of(con, f"previous.{relation}").keys() & set(
        columns_of(con, f"current.{relation}")
    )
    if not facts["key"] or not shared.issuperset(facts["key"]):
        return
    keys = ", ".join(quoted(name) for name in facts["key"])
    added, removed = _keys_only_in(con, new, old, keys), _keys_only_in(con, old, new, keys)
    yield DiffRow(relation, "keys_added", Decimal(0), Decimal(added))
    yield DiffRow(relation, "keys_removed", Decimal(removed), Decimal(0))
    for segment in shared.intersection(facts["segments"]):
        column = quoted(segment)
        moves = con.execute(
            f"select coalesce(cast(o.{column} as varchar), '{NOTHING}'), "
            f"coalesce(cast(n.{column} as varchar), '{NOTHING}'), count(*) "
            f"from {old} as o join {new} as n using ({keys}) "
            f"where o.{column} is distinct from n.{column} group by 1, 2 order by 1, 2"
        ).fetchall()
        total = sum(count for _, _, count in moves)
        yield DiffRow(relation, f"{segment}{MOVED}", Decimal(0), Decimal(total))
        for before, after, count in moves:
            name = f"{segment}{MOVED}: {before} > {after}"
            yield DiffRow(relation, name, Decimal(0), Decimal(count))


def _schema_rows(con: duckdb.DuckDBPyConnection, relation: str) -> Iterator[DiffRow]:
    """Columns that came, went or are of another type."""
    old = columns_of(con, f"previous.{relation}")
    new = columns_of(con, f"current.{relation}")
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            yield DiffRow(relation, f"column_added: {name}", Decimal(0), Decimal(1))
        elif name not in new:
            yield DiffRow(relation, f"column_removed: {name}", Decimal(1), Decimal(0))
        elif old[name] != new[name]:
            yield DiffRow(relation, f"column_retyped: {name}", Decimal(0), Decimal(1))


def _figures(facts: Mapping[str, Any] | None) -> dict[str, Decimal]:
    if facts is None:
        return {}
    return {"rows": Decimal(facts["rows"])} | {
        name: Decimal(total) for name, total in facts["totals"].items()
    }


def compare(con: duckdb.DuckDBPyConnection, previous: Facts, current: Facts) -> list[DiffRow]:
    """The differences of two releases attached to ``con`` as ``previous`` and ``current``."""
    rows: list[DiffRow] = []
    for relation in sorted({*previous, *current} - {*OWN_TABLES}):
        old, new = previous.get(relation), current.get(relation)
        old_figures, new_figures = _figures(old), _figures(new)
        rows += [
            DiffRow(
                relation,
                name,
                old_figures.get(name, Decimal(0)),
                new_figures.get(name, Decimal(0)),
            )
            for name in old_figures | new_figures
        ]
        if old and new and old["digest"] != new["digest"]:
            rows += sorted(_schema_rows(con, relation), key=lambda row: row.measure)
            rows += sorted(_key_rows(con, relation, new), key=lambda row: row.measure)
    return rows


def release_diff(home: Home, previous_id: str, current_id: str) -> list[DiffRow]:
    """The differences of two finished releases.

    Raises:
        ReleaseError: one of them is unknown or damaged.
    """
    releases = {"previous": find_release(home, previous_id)}
    releases["current"] = find_release(home, current_id)
    with closing(duckdb.connect()) as con:
        for name, release in releases.items():
            con.execute(f"attach {text_literal(release.database)} as {name} (read_only)")
        facts = [release.facts["tables"] for release in releases.values()]
        return compare(con, *facts)
