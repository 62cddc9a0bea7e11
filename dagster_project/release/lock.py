"""The run lock: one writer per home, held by the process and by the children it started.

An ``flock`` belongs to the open file, not to the process: it is free when the last holder of the
descriptor is gone, so a killed parent whose child still writes keeps the home locked.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dagster_project.settings import Home


class LockHeld(RuntimeError):
    """Another run works in this home; ``pid`` is the process that took the lock, when known."""

    def __init__(self, path: Path, pid: int | None, since: str | None) -> None:
        self.pid = pid
        self.since = since
        holder = f"process {pid}" if pid else "another process"
        super().__init__(
            f"{path} is held by {holder} (or one it started) since {since or 'just now'}: "
            "wait for that run to end, or stop it"
        )


@dataclass(frozen=True)
class RunLock:
    """A lock that is held; a child keeps it when ``descriptor`` is among its ``pass_fds``."""

    path: Path
    descriptor: int


def _holder(path: Path) -> tuple[int | None, str | None]:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        return holder["pid"], holder["started_at"]
    except (OSError, ValueError, KeyError):
        return None, None


@contextmanager
def run_lock(home: Home) -> Iterator[RunLock]:
    """Hold the home's run lock.

    Raises:
        LockHeld: another process holds it; nothing is waited for.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(home.lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockHeld(home.lock, *_holder(home.lock)) from None
        os.set_inheritable(descriptor, True)
        holder = {
            "pid": os.getpid(),
            "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        yield RunLock(home.lock, descriptor)
    finally:
        # Closed, not unlocked: LOCK_UN would take the lock from a child that still works.
        os.close(descriptor)
