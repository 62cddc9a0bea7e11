"""DuckDB as SQLAlchemy expects a DB-API driver to be: one connection, rows fetched at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb


class Cursor:
    """A DB-API cursor over the one connection; rows are fetched when the statement runs."""

    arraysize = 1
    rowcount = -1

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._rows: list[tuple] = []
        self.description: Sequence[tuple] | None = None

    def execute(self, statement: str, parameters: Sequence[Any] | None = None) -> Cursor:
        """Run one statement and keep its rows."""
        result = self._con.execute(statement, list(parameters) if parameters else None)
        self.description = result.description
        self._rows = result.fetchall() if self.description else []
        return self

    def fetchone(self) -> tuple | None:
        """The next row, or None."""
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[tuple]:
        """The next rows, at most ``size``."""
        count = size or self.arraysize
        taken, self._rows = self._rows[:count], self._rows[count:]
        return taken

    def fetchall(self) -> list[tuple]:
        """All rows that are left."""
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        """Forget the rows; the connection stays open."""
        self._rows = []


class Connection:
    """A DB-API connection. It reads only, so there is nothing to commit or to roll back."""

    def __init__(self, database: duckdb.DuckDBPyConnection) -> None:
        self.database = database

    def cursor(self) -> Cursor:
        """A cursor on this very connection: it sees its settings and temporary objects."""
        return Cursor(self.database)

    def commit(self) -> None:
        """Nothing is ever written."""

    def rollback(self) -> None:
        """Nothing is ever written."""

    def close(self) -> None:
        """Close the database; its file is free for others afterwards."""
        self.database.close()


class Driver:
    """The module-like object SQLAlchemy expects of a DB-API driver."""

    apilevel = "2.0"
    threadsafety = 1
    paramstyle = "numeric_dollar"
    Binary = bytes
    Error = DatabaseError = OperationalError = ProgrammingError = IntegrityError = duckdb.Error
    InterfaceError = InternalError = DataError = NotSupportedError = duckdb.Error

    @staticmethod
    def connect(database: str) -> Connection:
        """Open a database."""
        return Connection(duckdb.connect(database))
