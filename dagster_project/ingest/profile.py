"""What a batch looks like: the figures the arrival gate compares with earlier batches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb

from dagster_project.formats import Entity
from dagster_project.formats.quoting import sql_name

SAMPLE_ROWS = 1_000_000
VALUES_SHOWN = 50


def profile_batch(
    con: duckdb.DuckDBPyConnection, source: str, entity: Entity, rows: int
) -> dict[str, dict[str, Any]]:
    """One pass over a batch's records.

    Returns, by raw column: rows, nulls; for decimals and quantities the median (of every n-th
    record in a large batch); for fields with a vocabulary the count of each value.
    """
    every = max(1, rows // SAMPLE_ROWS)
    columns = [(column, kind, one) for one in entity.fields for column, kind in one.columns()]
    parts = []
    for column, kind, one in columns:
        name = sql_name(column)
        parts.append(f"count({name})")
        if kind.startswith("decimal"):
            parts.append(f"cast(median({name}) filter (where file_row % {every} = 0) as double)")
        if one.vocabulary:
            parts.append(f"histogram({name})")
    figures = iter(con.execute(f"select {', '.join(parts)} from {source}").fetchall()[0])
    profile: dict[str, dict[str, Any]] = {}
    for column, kind, one in columns:
        facts: dict[str, Any] = {"rows": rows, "nulls": rows - next(figures)}
        if kind.startswith("decimal"):
            facts["median"] = next(figures)
        if one.vocabulary:
            facts["values"] = _commonest(next(figures))
        profile[column] = facts
    return profile


def greatest_times(
    con: duckdb.DuckDBPyConnection, source: str, entity: Entity
) -> tuple[datetime | None, datetime | None]:
    """The greatest of all times that have happened, and of the orders' times, as naive UTC.

    A day counts with its first instant in the business time zone.
    """
    clocks = {
        one.name: f"max({_instant(one.raw_name, one.type)})" for one in entity.fields if one.clock
    }
    if not clocks:
        return None, None
    found = con.execute(f"select {', '.join(clocks.values())} from {source}").fetchall()[0]
    times = dict(zip(clocks, found, strict=True))
    known = [one for one in found if one is not None]
    order = times.get(entity.order_time) if entity.order_time else None
    return max(known, default=None), order


def _instant(column: str, kind: str) -> str:
    name = sql_name(column)
    return name if kind == "timestamp" else f"timezone('UTC', cast({name} as timestamptz))"


def _commonest(values: dict[str, int] | None) -> dict[str, int]:
    ordered = sorted((values or {}).items(), key=lambda one: (-one[1], one[0]))
    return dict(ordered[:VALUES_SHOWN])
