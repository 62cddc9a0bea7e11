"""Dagster's SQLite event log with its connections kept open.

The stock storage makes a new SQLAlchemy engine for every event and so compiles every statement
again; it also asks whether its tables exist at every event of a check. A run here stores thousands
of events (each expectation is a check): most of a small run's time went there. Files, schema and
behaviour are those of the stock storage.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from dagster import _check as check
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData

BUSY_SECONDS = 60.0


def _commit_without_sync(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("pragma synchronous = normal")


class EventLog(SqliteEventLogStorage):
    """As the stock storage, with one engine, and so one kept connection, per file."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, sa.Engine] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: dict[str, Any]
    ) -> EventLog:
        """Made by Dagster from ``dagster.yaml``."""
        return cls(inst_data=inst_data, **config_value)

    def _engine(self, shard: str) -> sa.Engine:
        if shard not in self._engines:
            engine = sa.create_engine(
                self.conn_string_for_shard(shard),
                connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
            )
            # A power cut may cost the last events of a log, never the warehouse.
            sa.event.listen(engine, "connect", _commit_without_sync)
            self._initdb(engine)
            self._engines[shard] = engine
        return self._engines[shard]

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        check.str_param(shard, "shard")
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection

    def has_table(self, table_name: str) -> bool:
        """As the stock storage; a table once seen is not looked for again."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        """Close every connection."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()
