"""What a release answers to the charts' queries, with cells of too few members hidden."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from dagster_project.release.report.catalogue import (
    NUMERIC,
    TRANSLATED,
    Catalogue,
    Chart,
    Column,
    Text,
)

# A release that does not say how small a group may be shown is shown as strictly as this.
STRICTEST = 5
FULL, EMPTY, MISSING, BROKEN = "full", "empty", "missing", "broken"


@dataclass(frozen=True)
class Panel:
    """A chart with its figures.

    Attributes:
        state: ``full``, or why nothing is shown: ``empty`` (no rows), ``missing`` (a table the
            release does not have), ``broken`` (the query does not fit its tables).
        columns: what readers see, in the order of the query; translations are named ``<name>_zh``.
        names: the names of the cells of a row.
        rows: the cells; None where nothing is known or may be shown.
        hidden: numbers of the rows whose figures are hidden.
        why: the tables that are missing or what does not fit.
    """

    chart: Chart
    state: str
    columns: Sequence[Column] = ()
    names: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    hidden: Sequence[int] = ()
    why: str = ""


@dataclass(frozen=True)
class Facts:
    """What the head of the report says of its release; ``delivered`` are entities with rows."""

    release_id: str
    as_of: str
    created_at: str
    limit: int
    relations: frozenset[str] = field(default_factory=frozenset)
    delivered: frozenset[str] = field(default_factory=frozenset)
    channels: Mapping[str, Text] = field(default_factory=dict)


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...] | None:
    rows = con.execute(sql).fetchall()
    return rows[0] if rows else None


def read_facts(con: duckdb.DuckDBPyConnection) -> Facts:
    """Release, day, limit, channels and what was delivered, from the release's own tables."""
    found = con.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    relations = frozenset(name for (name,) in found)
    release, day, made = (None, None, None)
    if "ops.release" in relations:
        release, day, made = _one(con, "select release_id, as_of, created_at from ops.release") or (
            None,
            None,
            None,
        )
    limit = None
    if "ops.report_rule" in relations:
        limit = _one(con, "select min_cell_members from ops.report_rule")
    channels: dict[str, Text] = {}
    if "core.dim_channel" in relations:
        rows = con.execute(
            "select channel, coalesce(channel_name, channel), "
            "coalesce(channel_name_zh, channel_name, channel) from core.dim_channel"
        ).fetchall()
        channels = {code: Text(en, zh) for code, en, zh in rows}
    delivered: frozenset[str] = frozenset()
    if "ops.ingest_file" in relations:
        loaded = "select distinct entity from ops.ingest_file where rows_loaded > 0"
        delivered = frozenset(name for (name,) in con.execute(loaded).fetchall())
    return Facts(
        release_id=str(release or ""),
        as_of=str(day or ""),
        created_at=made.strftime("%Y-%m-%d %H:%M UTC") if made else "",
        limit=limit[0] if limit else STRICTEST,
        relations=relations,
        delivered=delivered,
        channels=channels,
    )


def _plain(value: Any) -> Any:
    """A cell as JSON knows it: six significant decimals are more than a chart can show."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return float(f"{value:.9g}") if math.isfinite(value) else None
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def _described(chart: Chart, names: Sequence[str]) -> list[Column]:
    """The columns readers see: translations and helpers (``_…``) stand behind others."""
    shown = [n for n in names if not n.startswith("_") and not _is_translation(n, names)]
    return [
        chart.columns.get(name) or Column(name, Text(name.replace("_", " "), name))
        for name in shown
    ]


def _is_translation(name: str, names: Sequence[str]) -> bool:
    return name.endswith(TRANSLATED) and name.removesuffix(TRANSLATED) in names


def _is_too_small(row: Mapping[str, Any], guard: Sequence[str], limit: int) -> bool:
    return any(row[name] is not None and 0 < row[name] < limit for name in guard)


def _translated(
    rows: list[dict[str, Any]], columns: Sequence[Column], words: Mapping[str, Mapping[str, Text]]
) -> None:
    """Write codes as words, and the Chinese beside them as ``<name>_zh``."""
    for column in columns:
        known = words.get(column.words or "")
        if known is None:
            continue
        for row in rows:
            code = row[column.name]
            text = known.get(str(code)) if code is not None else known.get("none")
            row[column.name] = text.en if text else code
            row[column.name + TRANSLATED] = text.zh if text else code


def read_panel(
    con: duckdb.DuckDBPyConnection,
    chart: Chart,
    facts: Facts,
    words: Mapping[str, Mapping[str, Text]],
) -> Panel:
    """The answer of the release to one chart's query."""
    lacking = [name for name in chart.tables if name not in facts.relations]
    if lacking:
        return Panel(chart, MISSING, why=", ".join(lacking))
    try:
        cursor = con.execute(chart.sql)
        names = [column[0] for column in cursor.description or []]
        rows = [
            dict(zip(names, (_plain(v) for v in row), strict=True)) for row in cursor.fetchall()
        ]
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        return Panel(chart, BROKEN, why=str(error).split("\n")[0])
    if not rows:
        return Panel(chart, EMPTY)
    columns = _described(chart, names)
    hidden = [i for i, row in enumerate(rows) if _is_too_small(row, chart.guard, facts.limit)]
    figures = [c.name for c in columns if c.format in NUMERIC]
    for number in hidden:
        rows[number].update(dict.fromkeys(figures))
    for row in rows:
        for name, veiled in chart.veils.items():
            if _is_too_small(row, [name], facts.limit):
                row.update(dict.fromkeys(veiled))
    _translated(rows, columns, words)
    cells = list(rows[0])
    return Panel(chart, FULL, columns, cells, [[r[n] for n in cells] for r in rows], hidden)


def read_panels(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, facts: Facts
) -> Iterator[Panel]:
    """Every chart of the catalogue with what the release answers."""
    words = {**catalogue.words, "channel": {**facts.channels, **catalogue.words["channel"]}}
    for chart in catalogue.charts:
        yield read_panel(con, chart, facts, words)
