"""The database a gate works in: in memory, with the checked file attached for reading only.

``warehouse`` is the work database, ``previous`` the published release, schema ``checked`` holds a
view per relation under check (the very rows, filtered to a feed at gate arrival), ``baseline`` what
published batches looked like, ``seed`` the rules. Queries of suites name ``core.fct_order`` as they
would anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from dagster_project.quality.baseline import lay_baselines
from dagster_project.quality.context import GateContext
from dagster_project.settings import RULES_DIR

SEARCH_PATH = "warehouse.main,memory.checked,memory.baseline,memory.seed"
PUBLISHED_SCHEMAS = ("core", "marts", "ops")


def quoted(text: str) -> str:
    """A SQL text literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def lay_workspace(
    con: duckdb.DuckDBPyConnection, database: Path, context: GateContext, is_arrival: bool
) -> None:
    """Attach what is checked and make the schemas of the gate.

    At gate arrival dbt has not loaded the rules yet: they are read from their files.
    """
    con.execute(f"attach {quoted(str(database))} as warehouse (read_only)")
    if context.previous_release is not None:
        con.execute(f"attach {quoted(str(context.previous_release))} as previous (read_only)")
    con.execute("create schema checked")
    con.execute("create schema seed")
    con.execute("create schema baseline")
    if is_arrival:
        for path in sorted(RULES_DIR.glob("*.csv")):
            rules = f"read_csv({quoted(str(path))}, all_varchar = true, header = true)"
            con.execute(f"create view seed.{identifier(path.stem)} as select * from {rules}")
        as_of = context.as_of.isoformat()
        lay_baselines(con, context.published_batches, context.time_zone, as_of)
    con.execute(f"set search_path = {quoted(SEARCH_PATH)}")


def lay_view(con: duckdb.DuckDBPyConnection, view: str, query: str) -> None:
    """A view in schema ``checked``."""
    con.execute(f"create or replace view memory.checked.{view} as {query}")


def new_feeds(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """(feed, channel) with batches that no published state holds; a feed is format__entity."""
    query = "select distinct feed, channel from baseline.batch where is_new order by feed, channel"
    return con.execute(query).fetchall()


def previous_relations(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """The relations (schema.table) of the release a build is compared with; none without one."""
    query = """
        select schema_name || '.' || table_name from duckdb_tables()
        where database_name = 'previous'
    """
    return frozenset(name for (name,) in con.execute(query).fetchall())


def feed_rows(relation: str, channel: str) -> str:
    """The rows that the new batches of a feed brought."""
    return (
        f"select * from warehouse.{relation} where channel = {quoted(channel)} "
        "and batch_id in (select batch_id from memory.baseline.batch where is_new)"
    )


def text_columns(con: duckdb.DuckDBPyConnection, schemas: Iterable[str]) -> list[tuple[str, ...]]:
    """(schema, table, column) of every text column of some schemas, as they are at this moment."""
    query = """
        select schema_name, table_name, column_name from duckdb_columns()
        where database_name = 'warehouse' and data_type = 'VARCHAR'
            and list_contains($schemas, schema_name)
        order by all
    """
    return con.execute(query, {"schemas": list(schemas)}).fetchall()


def published_text(con: duckdb.DuckDBPyConnection) -> str:
    """Every text of every table that a release shows: (place, is_key, text)."""
    selects = [
        f"select {quoted(f'{schema}.{table}.{column}')} as place, "
        f"{column.endswith(('_id', '_key'))} as is_key, {identifier(column)} as text "
        f"from warehouse.{identifier(schema)}.{identifier(table)}"
        for schema, table, column in text_columns(con, PUBLISHED_SCHEMAS)
    ]
    return " union all ".join(selects) or "select '' as place, false as is_key, '' as text"


def known_tokens(con: duckdb.DuckDBPyConnection) -> str:
    """Every token of an identifier that conformed and identity hold: (token)."""
    selects = [
        f"select {identifier(column)} as token "
        f"from warehouse.{identifier(schema)}.{identifier(table)}"
        for schema, table, column in text_columns(con, ("conformed", "identity"))
        if column == "token" or column.endswith("_token")
    ]
    return " union ".join(selects) or "select '' as token where false"
