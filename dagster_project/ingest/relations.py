"""Schema ``raw`` of a database: what dbt and the arrival gate read, over the immutable batches."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

import duckdb
import pyarrow as pa

from dagster_project.formats import load_formats
from dagster_project.formats.model import Entity
from dagster_project.formats.quoting import sql_name, sql_path
from dagster_project.ingest.batches import DATA, Batch, batch_folder, list_batches
from dagster_project.ingest.held import read_held
from dagster_project.ingest.notices import read_notices
from dagster_project.settings import Home

# The tables about batches: what is known of deliveries besides their records.
ABOUT = {
    "batch": """
        batch_id varchar, format varchar, entity varchar, channel varchar, file varchar,
        sha256 varchar, rows_read bigint, rows_loaded bigint, rows_quarantined bigint,
        ingested_at timestamp, max_at timestamp, span_days bigint, is_open boolean""",
    "quarantine": "batch_id varchar, reason varchar, column_name varchar, row_count bigint",
    "held_file": """
        channel varchar, entity varchar, file varchar, sha256 varchar, reason varchar,
        detail varchar, batch_id varchar, rows_read bigint, rows_bad bigint""",
    "file_notice": """
        batch_id varchar, channel varchar, entity varchar, file varchar, notice varchar,
        column_name varchar, detail varchar""",
    "field_profile": """
        batch_id varchar, column_name varchar, rows bigint, nulls bigint, median double,
        values_json varchar""",
}


def create_raw_relations(
    con: duckdb.DuckDBPyConnection, home: Home, open_batches: set[str] | None
) -> None:
    """Makes ``raw.<format>__<entity>`` for every entity and the tables about the batches.

    Args:
        con: the database being built; schema ``raw`` is replaced.
        home: whose batches; withdrawn ones never appear.
        open_batches: the ids whose records the relations show; None shows all. The tables about
            the batches hold all of them, with ``is_open``.
    """
    batches = list_batches(home)
    ids = {one.batch_id for one in batches}
    open_ids = ids if open_batches is None else ids & open_batches
    shown: dict[tuple[str, str], list[Batch]] = defaultdict(list)
    for batch in batches:
        if batch.batch_id in open_ids:
            shown[batch.format, batch.entity].append(batch)
    con.execute("drop schema if exists raw cascade")
    con.execute("create schema raw")
    for name, form in load_formats().items():
        for entity in form.entities.values():
            relation = f"raw.{sql_name(f'{name}__{entity.name}')}"
            query = _relation(home, entity, shown[name, entity.name])
            con.execute(f"create view {relation} as {query}")
    rows = {
        "batch": (_batch_row(one, one.batch_id in open_ids) for one in batches),
        "quarantine": _quarantine_rows(batches),
        "field_profile": _profile_rows(batches),
        "held_file": _held_rows(home),
        "file_notice": _notice_rows(home, batches),
    }
    for name, columns in ABOUT.items():
        _table(con, name, columns, rows[name])


def _relation(home: Home, entity: Entity, batches: list[Batch]) -> str:
    """The entity's select: typed, and NULL where an older batch lacks a column."""
    columns = entity.raw_columns()
    if not batches:
        typed = ", ".join(f"cast(null as {kind}) as {sql_name(name)}" for name, kind in columns)
        return f"select {typed} where false"
    names = [name for name, _ in columns]
    files = ", ".join(sql_path(batch_folder(home, one) / DATA) for one in batches)
    delivered = {name for one in batches for name in one.columns}
    selected = ", ".join(
        sql_name(name) if name in delivered else f"cast(null as {kind}) as {sql_name(name)}"
        for name, kind in columns
    )
    by_name = str(any(one.columns != names for one in batches)).lower()
    return f"select {selected} from read_parquet([{files}], union_by_name = {by_name})"


def _table(con: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Iterable[tuple]) -> None:
    con.execute(f"create table raw.{name} ({columns})")
    found = list(rows)
    if found:
        columns_of_text = [
            pa.array([None if cell is None else str(cell) for cell in column], pa.string())
            for column in zip(*found, strict=True)
        ]
        arrow = pa.table(columns_of_text, names=[f"c{i}" for i in range(len(columns_of_text))])
        con.register("rows_to_insert", arrow)
        con.execute(f"insert into raw.{name} select * from rows_to_insert")
        con.unregister("rows_to_insert")


def _batch_row(one: Batch, is_open: bool) -> tuple:
    return (
        one.batch_id, one.format, one.entity, one.channel, one.file, one.sha256, one.rows_read,
        one.rows_loaded, one.rows_quarantined, one.ingested_at, one.max_at, one.span_days, is_open,
    )  # fmt: skip


def _quarantine_rows(batches: list[Batch]) -> Iterable[tuple]:
    for one in batches:
        for row in one.quarantine:
            yield one.batch_id, row["reason"], row["column"], row["rows"]


def _profile_rows(batches: list[Batch]) -> Iterable[tuple]:
    for one in batches:
        for column, facts in one.profile.items():
            values = facts.get("values")
            text = None if values is None else json.dumps(values, ensure_ascii=False)
            yield one.batch_id, column, facts["rows"], facts["nulls"], facts.get("median"), text


def _held_rows(home: Home) -> Iterable[tuple]:
    for one in read_held(home):
        yield (
            one.channel, one.entity, one.file, one.sha256, one.reason, one.detail, one.batch_id,
            one.rows_read, one.rows_bad,
        )  # fmt: skip


def _notice_rows(home: Home, batches: list[Batch]) -> Iterable[tuple]:
    for one in batches:
        for row in one.notices:
            told = row["notice"], row["column"], row["detail"]
            yield one.batch_id, one.channel, one.entity, one.file, *told
    for note in read_notices(home):
        yield None, note.channel, note.entity, note.file, note.notice, None, note.detail
