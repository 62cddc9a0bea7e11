"""Which release readers see: switching, rolling back, and removing what is no longer wanted."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from dagster_project.release.catalog import (
    Release,
    ReleaseError,
    current,
    find_release,
    list_releases,
)
from dagster_project.release.durable import append_durably, link_durably, rename_durably
from dagster_project.settings import Home

UNFINISHED = ".tmp-"
LOG = "log.jsonl"


def log_action(home: Home, action: str, release_id: str, previous_id: str | None) -> None:
    """Append one line to ``releases/log.jsonl``."""
    entry = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "action": action,
        "release_id": release_id,
        "previous_release_id": previous_id,
    }
    append_durably(home.releases / LOG, json.dumps(entry))


def point_current(home: Home, release_id: str) -> None:
    """Let readers see a finished release: one rename of a relative symlink."""
    target = os.path.relpath(home.releases / release_id, home.current.parent)
    link_durably(home.current, Path(target))


def rollback(home: Home, release_id: str) -> Release:
    """Make an older (or newer) finished release the current one; nothing is rebuilt.

    Raises:
        ReleaseError: the release is unknown, unfinished or damaged.
    """
    release = find_release(home, release_id)
    seen = current(home)
    point_current(home, release_id)
    log_action(home, "rollback", release_id, seen.id if seen else None)
    return release


def prune(home: Home, keep: int) -> list[str]:
    """Remove the oldest releases until ``keep`` are left; the current one always stays.

    Returns the ids removed. Readers that have one open keep reading it.
    """
    if keep < 1:
        raise ReleaseError(f"keep is {keep}: at least one release must be kept")
    seen = current(home)
    known = [release.id for release in list_releases(home)]
    spare = len(known) - keep
    removed = [name for name in known if not (seen and name == seen.id)][: max(spare, 0)]
    for name in removed:
        # Renamed first: no reader finds a half-removed release under its id.
        aside = home.releases / f"{UNFINISHED}{name}"
        rename_durably(home.releases / name, aside)
        shutil.rmtree(aside)
        log_action(home, "prune", name, None)
    return removed


def clean_leftovers(home: Home) -> list[str]:
    """Remove what a killed publish or prune left behind; returns the names removed."""
    if not home.releases.is_dir():
        return []
    leftovers = sorted(home.releases.glob(f"{UNFINISHED}*"))
    for path in leftovers:
        shutil.rmtree(path)
    return [path.name for path in leftovers]
