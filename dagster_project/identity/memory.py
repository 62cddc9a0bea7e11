"""Where plain values are worked on."""

from __future__ import annotations

import duckdb


def open_memory(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory that may not spill: nothing of it reaches a disk.

    Args:
        threads: None: as many as the engine takes. One adds fractions up in one order, and leaves
            the other ones to the work beside it.
    """
    con = duckdb.connect(config={} if threads is None else {"threads": threads})
    con.execute("set temp_directory = ''")
    return con
