"""dbt's connections to DuckDB, which allows one writing process and one configuration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb


def close_connections() -> None:
    """Leave no handle behind."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    if DuckDBConnectionManager._ENV is not None:
        DuckDBConnectionManager._ENV.close()
    DuckDBConnectionManager.close_all_connections()


@contextmanager
def closed_behind() -> Iterator[None]:
    """Close them when the block has ended; what stopped it midway is what is told.

    A node may still be at work where dbt was stopped, and its connection refuses to close.
    """
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):
            close_connections()
        raise
    close_connections()
