"""From the database being built to the state the next run starts from."""

from __future__ import annotations

import duckdb

from dagster_project.release.catalog import ReleaseError
from dagster_project.release.durable import rename_durably, sync_file
from dagster_project.settings import Home


def promote_state(home: Home) -> None:
    """Make ``work/next.duckdb`` the state, in one rename; its connections must be closed.

    Raises:
        ReleaseError: rows would stay behind in a write-ahead log.
    """
    next_database, state = home.next_database, home.state_database
    with duckdb.connect(str(next_database)) as con:
        con.execute("checkpoint")
    if next_database.with_name(next_database.name + ".wal").exists():
        raise ReleaseError(f"{next_database} is still open: close it, then promote it")
    sync_file(next_database)
    log = state.with_name(state.name + ".wal")
    if log.exists():
        # A log left beside the old state would be replayed into the new one. Without the state the
        # next run is a full one, so the order of these two is safe at any kill.
        state.unlink(missing_ok=True)
        log.unlink()
    rename_durably(next_database, state)
