"""The files of a release: one DuckDB database any DuckDB since 1.0 reads, and Parquet tables.

Every function takes a connection to an in-memory database with ``work`` (what was built) attached;
``create_database`` attaches the file of the release as ``current``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from dagster_project.release.catalog import DATABASE, ReleaseError
from dagster_project.release.diff import OWN_TABLES, DiffRow
from dagster_project.release.digest import columns_of, quoted, quoted_relation, text_literal
from dagster_project.release.manifest import QUALITY_COLUMNS

# 2.0 writes a format that BI tools with DuckDB 1.x cannot read unless told otherwise.
STORAGE_VERSION = "v1.0.0"
OWN_COLUMNS = {
    "ops.release": {
        "release_id": ("varchar", "发布编号", "This release's id: UTC time and content hash."),
        "created_at": ("timestamp", "生成时间", "When the run that made it began (UTC)."),
        "as_of": ("date", "数据截止日", "The business day the release speaks for."),
        "code_version": ("varchar", "代码版本", "Fingerprint of code, rules and formats."),
        "previous_release_id": ("varchar", "上一发布", "The release readers saw before."),
    },
    "ops.release_diff": {
        "relation": ("varchar", "表", "Schema and table."),
        "measure": (
            "varchar",
            "指标",
            "rows, keys, columns, a money column's sum, <column>_moved.",
        ),
        "previous": ("decimal(18,2)", "上一发布值", "The figure in the previous release."),
        "current": ("decimal(18,2)", "本发布值", "The figure in this release."),
        "difference": ("decimal(18,2)", "差异", "Current minus previous."),
    },
    "ops.quality_result": {
        "gate": ("varchar", "关卡", "arrival, members or marts."),
        "suite": ("varchar", "检查套件", "The suite of expectations/."),
        "expectation": ("varchar", "检查项", "What was expected."),
        "relation": ("varchar", "表", "The relation that was checked."),
        "severity": ("varchar", "级别", "critical blocks, warning warns."),
        "success": ("boolean", "是否通过", "Whether the data met it."),
        "observed": ("varchar", "观测值", "What was found: counts and shares, never values."),
        "expected": ("varchar", "期望值", "What was asked for."),
    },
}
OWN_TEXTS = {
    "ops.release": "发布信息 — One row: this release.",
    "ops.release_diff": "发布差异 — One row per relation and measure against the previous release.",
    "ops.quality_result": "质量检查结果 — One row per gate, suite, expectation and relation.",
}


def work_relations(con: duckdb.DuckDBPyConnection, schemas: Sequence[str]) -> list[str]:
    """The tables to publish, as ``schema.table``; dbt's unfinished copies are none of them."""
    rows = con.execute(
        "select schema_name || '.' || table_name from duckdb_tables() "
        "where database_name = 'work' and list_contains(?, schema_name) "
        "and not contains(table_name, '__dbt_') order by 1",
        [list(schemas)],
    ).fetchall()
    return [name for (name,) in rows if name not in OWN_TABLES]


def _schema_of(relation: str) -> str:
    return relation.partition(".")[0]


def create_database(con: duckdb.DuckDBPyConnection, folder: Path, relations: Iterable[str]) -> None:
    """Create the release's file under a temporary name and copy the tables of ``work`` into it."""
    path = folder / f".{DATABASE}"
    con.execute(
        f"attach {text_literal(path)} as current (storage_version {text_literal(STORAGE_VERSION)})"
    )
    for relation in relations:
        con.execute(f"create schema if not exists current.{quoted(_schema_of(relation))}")
        con.execute(
            f"create table {quoted_relation(f'current.{relation}')} "
            f"as select * from {quoted_relation(f'work.{relation}')}"
        )


def write_own_tables(
    con: duckdb.DuckDBPyConnection,
    release: Mapping[str, Any],
    quality: Iterable[Mapping[str, Any]],
    diff: Iterable[DiffRow],
) -> None:
    """Write how the release came to be: ``ops.release``, ``quality_result``, ``release_diff``."""
    rows = {
        "ops.release": [[release[name] for name in OWN_COLUMNS["ops.release"]]],
        "ops.quality_result": [[row[name] for name in QUALITY_COLUMNS] for row in quality],
        "ops.release_diff": [
            [row.relation, row.measure, row.previous, row.current, row.difference] for row in diff
        ],
    }
    con.execute("create schema if not exists current.ops")
    for relation, columns in OWN_COLUMNS.items():
        target = quoted_relation(f"current.{relation}")
        typed = ", ".join(f"{quoted(name)} {kind}" for name, (kind, *_) in columns.items())
        con.execute(f"create table {target} ({typed})")
        if rows[relation]:
            marks = ", ".join("?" * len(columns))
            con.executemany(f"insert into {target} values ({marks})", rows[relation])


def write_comments(
    con: duckdb.DuckDBPyConnection, relations: Iterable[str], comments: Mapping[str, str]
) -> None:
    """Attach the given texts to tables and columns, so that BI shows them."""
    texts = {**comments, **OWN_TEXTS}
    for relation, columns in OWN_COLUMNS.items():
        texts |= {f"{relation}.{name}": f"{zh} — {en}" for name, (_, zh, en) in columns.items()}
    for relation in relations:
        target = quoted_relation(f"current.{relation}")
        if text := texts.get(relation):
            con.execute(f"comment on table {target} is {text_literal(text)}")
        for column in columns_of(con, f"current.{relation}"):
            if text := texts.get(f"{relation}.{column}"):
                con.execute(f"comment on column {target}.{quoted(column)} is {text_literal(text)}")


def write_parquet(con: duckdb.DuckDBPyConnection, folder: Path, relations: Iterable[str]) -> None:
    """Write every table of the release as one Parquet file; a part of a file has another name.

    Raises:
        ReleaseError: a file does not hold as many rows as its table.
    """
    for relation in relations:
        schema, _, table = relation.partition(".")
        target = folder / "tables" / schema / f"{table}.parquet"
        aside = target.with_name(f".{target.name}")
        target.parent.mkdir(parents=True, exist_ok=True)
        source = quoted_relation(f"current.{relation}")
        con.execute(f"copy {source} to {text_literal(aside)} (format parquet, compression zstd)")
        rows = con.execute(f"select count(*) from {source}").fetchall()[0][0]
        if pq.read_metadata(aside).num_rows != rows:
            raise ReleaseError(f"{target.name} lacks rows of {relation}: the release is not made")
        aside.rename(target)


def close_database(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Checkpoint and detach the release's file, then give it its name.

    Raises:
        ReleaseError: a write-ahead log is left, so the file alone would lack rows.
    """
    con.execute("checkpoint current")
    con.execute("detach current")
    path = folder / f".{DATABASE}"
    if path.with_name(path.name + ".wal").exists():
        raise ReleaseError(f"{path} left a write-ahead log: the release is not made")
    path.rename(folder / DATABASE)
