"""Small work databases with a schema ``raw``, as ingest lays it."""

from __future__ import annotations

import json
import random
import statistics
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from dagster_project.quality import GateContext
from dagster_project.quality.feeds import feed_kinds

FIRST = date(2026, 3, 2)
RUN = datetime(2026, 4, 1, 3, 0)

TABLES = {
    "batch": "batch_id varchar, format varchar, entity varchar, channel varchar, file varchar, "
    "sha256 varchar, rows_read bigint, rows_loaded bigint, rows_quarantined bigint, "
    "ingested_at timestamp, max_at timestamp, span_days bigint, is_open boolean",
    "quarantine": "batch_id varchar, reason varchar, column_name varchar, row_count bigint",
    "held_file": "channel varchar, entity varchar, file varchar, sha256 varchar, reason varchar, "
    "detail varchar",
    "file_notice": "batch_id varchar, channel varchar, entity varchar, file varchar, "
    "notice varchar, column_name varchar, detail varchar",
    "field_profile": "batch_id varchar, column_name varchar, rows bigint, nulls bigint, "
    "median double, values_json varchar",
}


@dataclass
class Delivery:
    """One file, loaded. ``rows`` are cells by raw column."""

    batch_id: str
    rows: list[dict[str, Any]]
    day: date
    entity: str = "orders"
    channel: str = "webshop"
    quarantined: int = 0
    form: str = "contract"
    profile: bool = True
    max_at: datetime | None = field(default=None)
    span_days: int = 0

    @property
    def newest(self) -> datetime:
        """Noon of the day in UTC: the same business day in Shanghai."""
        return self.max_at or datetime.combine(self.day, datetime.min.time()) + timedelta(hours=9)


def order_rows(day: date, count: int = 120, scale: int = 1, **cells: Any) -> list[dict[str, Any]]:
    """Orders of one day; every third misses its coupon, amounts lie around 200."""
    chance = random.Random(day.toordinal())
    at = datetime.combine(day, datetime.min.time())
    return [
        {
            "order_id": f"{day:%m%d}-{n}",
            "customer_id": f"c{n % 40}",
            "ordered_at": at + timedelta(hours=2, minutes=n % 300),
            "status": "paid" if n % 4 == 0 else "completed",
            "currency": "CNY",
            "net_paid_amount": round(chance.uniform(100, 300), 2) * scale,
            "coupon_id": None if n % 3 == 0 else f"k{n}",
        }
        | cells
        for n in range(count)
    ]


def event_rows(day: date, count: int = 200, types: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Events of one day in an even mix."""
    words = types or ("view", "search", "login", "checkin")
    at = datetime.combine(day, datetime.min.time())
    return [
        {
            "event_id": f"{day:%m%d}-{n}",
            "event_type": words[n % len(words)],
            "occurred_at": at + timedelta(hours=1, minutes=n % 300),
        }
        for n in range(count)
    ]


def history(days: int = 28, entity: str = "orders") -> list[Delivery]:
    """Published daily deliveries."""
    make = order_rows if entity == "orders" else event_rows
    return [
        Delivery(f"{entity}-{n}", make(FIRST + timedelta(n)), FIRST + timedelta(n), entity)
        for n in range(days)
    ]


def build(path: Path, deliveries: list[Delivery], held: list[tuple] = ()) -> Path:
    """The database with every raw relation, the given deliveries in it."""
    kinds = {kind.relation: kind for kind in feed_kinds().values()}
    with duckdb.connect(str(path)) as con:
        con.execute("create schema raw")
        for kind in kinds.values():
            columns = ", ".join(f'"{n}" {t}' for n, t in kind.entity.raw_columns())
            con.execute(f"create table {kind.relation} ({columns})")
        for name, columns in TABLES.items():
            con.execute(f"create table raw.{name} ({columns})")
        for delivery in deliveries:
            _insert(con, delivery, kinds[f"raw.{delivery.form}__{delivery.entity}"].entity)
        for row in held:
            con.execute("insert into raw.held_file values (?, ?, ?, ?, ?, ?)", row)
    return path


def _insert(con: duckdb.DuckDBPyConnection, one: Delivery, entity: Any) -> None:
    file = f"{one.channel}/{one.entity}_{one.day}.csv"
    count = len(one.rows)
    con.execute(
        "insert into raw.batch values (?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, true)",
        [one.batch_id, one.form, one.entity, one.channel, file, count + one.quarantined, count,
         one.quarantined, RUN, one.newest, one.span_days],
    )  # fmt: skip
    if one.quarantined:
        con.execute(
            "insert into raw.quarantine values (?, 'bad_decimal', 'net_paid_amount', ?)",
            [one.batch_id, one.quarantined],
        )
    if one.rows:
        lead = {"channel": one.channel, "batch_id": one.batch_id, "delivered_at": RUN,
                "delivery_file": file}  # fmt: skip
        rows = [{**lead, "file_row": n, **row} for n, row in enumerate(one.rows, start=1)]
        con.register("new_rows", pa.Table.from_pylist(rows))
        con.execute(f"insert into raw.{one.form}__{one.entity} by name select * from new_rows")
        con.unregister("new_rows")
    if one.profile:
        _profile(con, one, entity)


def _profile(con: duckdb.DuckDBPyConnection, one: Delivery, entity: Any) -> None:
    facts = []
    for spec in entity.fields:
        column = spec.columns()[0][0]
        given = [row[column] for row in one.rows if row.get(column) is not None]
        numbers = [float(v) for v in given if isinstance(v, int | float)]
        facts.append(
            [one.batch_id, column, len(one.rows), len(one.rows) - len(given),
             statistics.median(numbers) if numbers else None,
             json.dumps(Counter(given)) if spec.vocabulary else None]
        )  # fmt: skip
    con.executemany("insert into raw.field_profile values (?, ?, ?, ?, ?, ?)", facts)


def context(known: list[Delivery], as_of: date, **more: Any) -> GateContext:
    """The run that looks at all deliveries and knows some of them as published."""
    end = datetime.combine(as_of, datetime.min.time()) + timedelta(hours=16)
    return GateContext(
        run_id="run-1",
        as_of=as_of,
        as_of_end=end,
        delivered_at=RUN,
        published_batches=frozenset(one.batch_id for one in known),
        **more,
    )
