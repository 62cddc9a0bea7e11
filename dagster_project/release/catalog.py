"""The releases of a home, as readers find and open them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.settings import Home

DATABASE = "warehouse.duckdb"
FACTS = "release.json"
OPEN_ATTEMPTS = 5


class ReleaseError(Exception):
    """A release cannot be made, found or used; the message says which and what to do."""


@dataclass(frozen=True)
class Release:
    """A finished release: its folder and what ``release.json`` says of it."""

    path: Path
    facts: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The release's id, which is also its folder's name."""
        return self.path.name

    @property
    def database(self) -> Path:
        """The DuckDB file BI opens."""
        return self.path / DATABASE

    @property
    def as_of(self) -> str:
        """The business day the release speaks for (ISO)."""
        return self.facts["as_of"]


def _read(path: Path) -> Release | None:
    """The release in a folder, or nothing when it is unfinished."""
    try:
        facts = json.loads((path / FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return Release(path, facts) if facts.get("release_id") == path.name else None


def list_releases(home: Home) -> list[Release]:
    """All finished releases, the oldest first."""
    if not home.releases.is_dir():
        return []
    folders = sorted(path for path in home.releases.iterdir() if not path.name.startswith("."))
    return [release for path in folders if path.is_dir() and (release := _read(path))]


def find_release(home: Home, release_id: str) -> Release:
    """The finished and complete release with this id.

    Raises:
        ReleaseError: the id is unknown, or files of the release are missing or of another size.
    """
    known = {release.id: release for release in list_releases(home)}
    if release_id not in known:
        raise ReleaseError(
            f"no finished release {release_id!r}; `member-warehouse releases` lists {len(known)}"
        )
    release = known[release_id]
    for name, facts in release.facts["files"].items():
        path = release.path / name
        if not path.is_file() or path.stat().st_size != facts["bytes"]:
            raise ReleaseError(f"release {release_id} is damaged: {name} was changed or removed")
    return release


def current(home: Home) -> Release | None:
    """The release readers see, or nothing before the first publish."""
    if not home.current.is_symlink():
        return None
    return _read(home.current.resolve())


def open_release(home: Home, release_id: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open a release (the current one by default) for reading, and for nothing else.

    The connection cannot write, read other files, attach databases or change its settings.

    Raises:
        ReleaseError: there is no such release, or nothing was published yet.
    """
    for attempt in range(OPEN_ATTEMPTS):
        release = find_release(home, release_id) if release_id else current(home)
        if release is None:
            raise ReleaseError("nothing is published yet: `member-warehouse run` makes a release")
        try:
            return _connect(release.database)
        except duckdb.IOException:
            # The release was superseded and pruned between looking and opening: look again.
            if release_id or release.database.exists() or attempt == OPEN_ATTEMPTS - 1:
                raise
    raise ReleaseError("the current release keeps changing: try again")


def _connect(database: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        str(database),
        read_only=True,
        config={"enable_external_access": "false", "lock_configuration": "true"},
    )
