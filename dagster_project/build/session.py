"""A run has its home to itself: the lock, taken once per process however many layers ask for it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dagster_project.release.lock import run_lock
from dagster_project.settings import Home

_held: set[Path] = set()


@contextmanager
def exclusive(home: Home) -> Iterator[None]:
    """Hold the run lock of ``home``; inside a process that already holds it, do nothing.

    Raises:
        LockHeld: another process runs in this home.
    """
    if home.root in _held:
        yield
        return
    home.root.mkdir(parents=True, exist_ok=True)
    with run_lock(home):
        _held.add(home.root)
        try:
            yield
        finally:
            _held.discard(home.root)


@contextmanager
def heap_at_rest() -> Iterator[None]:
    """Leave what is loaded by now out of the garbage collector's rounds.

    dbt's and Dagster's half a million objects stay for the whole run; to walk them at every full
    round took a seventh of a small one.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
