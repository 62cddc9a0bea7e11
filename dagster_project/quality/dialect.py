"""SQLAlchemy on DuckDB, just enough for Great Expectations to read through it.

duckdb-engine does not work with SQLAlchemy 2.1, and Great Expectations reads results after it
gave the connection back. So: one connection (``StaticPool``) with the driver of ``driver.py``,
reflection from ``duckdb_columns()``, and PostgreSQL's SQL except where DuckDB differs.
Import this module only after Great Expectations is wanted: it loads SQLAlchemy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGCompiler, PGDialect

from dagster_project.quality.driver import Driver

NAME = "mw_duckdb"

_TYPES: dict[str, type[sa.types.TypeEngine]] = {
    "BOOLEAN": sa.BOOLEAN,
    "TINYINT": sa.SMALLINT,
    "SMALLINT": sa.SMALLINT,
    "INTEGER": sa.INTEGER,
    "BIGINT": sa.BIGINT,
    "HUGEINT": sa.NUMERIC,
    "FLOAT": sa.FLOAT,
    "DOUBLE": sa.FLOAT,
    "VARCHAR": sa.VARCHAR,
    "DATE": sa.DATE,
    "TIMESTAMP": sa.TIMESTAMP,
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")


class DuckDBCompiler(PGCompiler):
    """PostgreSQL's SQL, but ``~`` (whose meaning changed between DuckDB versions) by function."""

    def visit_custom_op_binary(self, element: Any, operator: Any, **kwargs: Any) -> str:
        """Render ``~`` and ``!~`` as a partial match."""
        if operator.opstring not in ("~", "!~"):
            return super().visit_custom_op_binary(element, operator, **kwargs)
        left = self.process(element.left, **kwargs)
        matches = f"regexp_matches({left}, {self.process(element.right, **kwargs)})"
        return matches if operator.opstring == "~" else f"not {matches}"


def column_type(name: str) -> sa.types.TypeEngine:
    """The SQLAlchemy type of a DuckDB type name; unknown ones become ``NullType``."""
    if decimal := _DECIMAL.fullmatch(name):
        return sa.NUMERIC(int(decimal[1]), int(decimal[2]))
    return _TYPES.get(name, sa.types.NullType)()


class DuckDBDialect(PGDialect):
    """Reads DuckDB; relations are found in the catalogue the connection starts in."""

    name = driver = NAME
    statement_compiler = DuckDBCompiler
    default_paramstyle = Driver.paramstyle
    supports_statement_cache = True
    supports_server_side_cursors = False
    postfetch_lastrowid = False
    _backslash_escapes = False

    @classmethod
    def import_dbapi(cls) -> type[Driver]:
        """The driver."""
        return Driver

    @classmethod
    def get_pool_class(cls, url: sa.URL) -> type[pool.Pool]:
        """One connection for everybody."""
        return pool.StaticPool

    def create_connect_args(self, url: sa.URL) -> tuple[list, dict[str, str]]:
        """Arguments of ``Driver.connect``."""
        return [], {"database": url.database or ":memory:"}

    def initialize(self, connection: sa.Connection) -> None:
        """DuckDB is not asked for PostgreSQL's server settings."""
        self.server_version_info = (14, 0)
        self.default_schema_name = "main"

    def get_schema_names(self, connection: sa.Connection, **_: Any) -> list[str]:
        """Schemas of every attached database."""
        return _first(connection, "select distinct schema_name from duckdb_schemas()")

    def get_table_names(
        self, connection: sa.Connection, schema: str | None = None, **_: Any
    ) -> list[str]:
        """Tables of a schema."""
        query = "select table_name from duckdb_tables() where schema_name = $1"
        return _first(connection, query, schema or self.default_schema_name)

    def get_view_names(
        self, connection: sa.Connection, schema: str | None = None, **_: Any
    ) -> list[str]:
        """Views of a schema."""
        query = "select view_name from duckdb_views() where schema_name = $1"
        return _first(connection, query, schema or self.default_schema_name)

    def has_table(
        self, connection: sa.Connection, table_name: str, schema: str | None = None, **_: Any
    ) -> bool:
        """Whether a table or view exists."""
        return bool(self.get_columns(connection, table_name, schema))

    def get_columns(
        self, connection: sa.Connection, table_name: str, schema: str | None = None, **_: Any
    ) -> list[dict[str, Any]]:
        """Name and type of the columns, in order."""
        query = (
            "select column_name, data_type, is_nullable from duckdb_columns() "
            "where table_name = $1 and schema_name = $2 order by column_index"
        )
        names = (str(table_name), schema or self.default_schema_name)
        rows = connection.exec_driver_sql(query, names).fetchall()
        return [
            {"name": name, "type": column_type(kind), "nullable": nullable, "default": None}
            for name, kind, nullable in rows
        ]

    def get_multi_columns(
        self,
        connection: sa.Connection,
        *,
        filter_names: Iterable[str] | None = None,
        schema: str | None = None,
        **_: Any,
    ) -> list[tuple[tuple[str | None, str], list[dict[str, Any]]]]:
        """The columns of the named relations."""
        names = filter_names or ()
        return [((schema, name), self.get_columns(connection, name, schema)) for name in names]


def _first(connection: sa.Connection, query: str, *parameters: str) -> list[str]:
    return [row[0] for row in connection.exec_driver_sql(query, parameters).fetchall()]


registry.register(NAME, __name__, DuckDBDialect.__name__)
