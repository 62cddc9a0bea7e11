"""What a batch looks like: the figures the arrival gate compares with earlier batches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from dagster_project.formats import Entity
from dagster_project.formats.quoting import sql_name

VERSION = "updated_at"
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


@dataclass(frozen=True)
class Times:
    """When a batch's records happened, as naive UTC.

    Attributes:
        latest: the greatest of all times that have happened.
        latest_order: the greatest time of an order; None where the entity holds none.
        span_days: days over which the middle nine tenths of the records spread, by the time of
            their version or else of their event.
    """

    latest: datetime | None = None
    latest_order: datetime | None = None
    span_days: int | None = None


def batch_times(con: duckdb.DuckDBPyConnection, source: str, entity: Entity, rows: int) -> Times:
    """One pass over a batch's clocks. A day counts with its first instant in the business zone.

    The spread is that of every n-th record in a large batch.
    """
    clocks = {
        one.name: f"max({_instant(one.raw_name, one.type)})" for one in entity.fields if one.clock
    }
    if not clocks:
        return Times()
    moved = [one for one in entity.fields if one.name == VERSION]
    moved += [one for one in entity.fields if one.clock and one.name != VERSION][:1]
    instant = f"coalesce({', '.join(_instant(one.raw_name, one.type) for one in moved)})"
    some = f"filter (where file_row % {max(1, rows // SAMPLE_ROWS)} = 0)"
    ends = [f"quantile_disc({instant}, {share}) {some}" for share in (0.05, 0.95)]
    span = f"date_diff('day', {', '.join(ends)})"
    wanted = ", ".join([span, *clocks.values()])
    days, *found = con.execute(f"select {wanted} from {source}").fetchall()[0]
    times = dict(zip(clocks, found, strict=True))
    known = [one for one in found if one is not None]
    order = times.get(entity.order_time) if entity.order_time else None
    return Times(max(known, default=None), order, days)


def _instant(column: str, kind: str) -> str:
    name = sql_name(column)
    return name if kind == "timestamp" else f"timezone('UTC', cast({name} as timestamptz))"


def _commonest(values: dict[str, int] | None) -> dict[str, int]:
    ordered = sorted((values or {}).items(), key=lambda one: (-one[1], one[0]))
    return dict(ordered[:VALUES_SHOWN])
