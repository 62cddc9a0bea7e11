"""What is published in a home, how the last run ended, and what waits."""

from __future__ import annotations

import json
from typing import Any

from dagster_project.release import LockHeld, current, list_releases, run_lock
from dagster_project.settings import Home


def home_status(home: Home) -> dict[str, Any]:
    """Facts for ``status``: the release, its age in batches, the lock, the last run."""
    now = current(home)
    return {
        "home": str(home.root),
        "release": now.id if now else None,
        "as_of": now.as_of if now else None,
        "releases_kept": len(list_releases(home)),
        "running": _holder(home),
        **_last_run(home),
    }


def _holder(home: Home) -> str | None:
    if not home.lock.exists():
        return None
    try:
        with run_lock(home):
            return None
    except LockHeld as held:
        return f"process {held.pid} since {held.since}"


def _last_run(home: Home) -> dict[str, Any]:
    records = sorted(home.runs.glob("*/outcome.json"), key=lambda p: p.stat().st_mtime)
    if not records:
        return {"last_run": None}
    outcome = json.loads(records[-1].read_text(encoding="utf-8"))
    return {
        "last_run": outcome["run_id"],
        "last_run_ended": outcome["ended_at"],
        "last_run_verdict": outcome["verdict"],
        "last_run_messages": outcome["messages"],
    }
