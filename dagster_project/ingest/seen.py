"""What ingest remembers of landing's files. Losing it costs time and a notice, nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from dagster_project.ingest.discover import Delivered
from dagster_project.release.durable import write_durably
from dagster_project.settings import Home

SEEN = "_seen.json"


class SeenFiles:
    """A cache: which batch a landing file of this size and time was."""

    def __init__(self, home: Home):
        self._path, self._raw = home.raw / SEEN, home.raw
        try:
            self._known = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._known = {}

    def has(self, delivered: Delivered) -> bool:
        """Whether exactly this file is a batch already."""
        return any(self._has(one) for one in _readings(delivered))

    def _has(self, delivered: Delivered) -> bool:
        try:
            batch = self._known.get(_name(delivered), {}).get(_mark(delivered))
        except FileNotFoundError:
            return False
        return batch is not None and (self._raw / batch).is_dir()

    def reads_otherwise(self, delivered: Delivered) -> bool:
        """Whether the file this one is inside of is a batch in the other format."""
        other = delivered.outer and delivered.outer.otherwise
        return other is not None and self._has(other)

    def add(self, delivered: Delivered, identity: str) -> None:
        """Notes the batch of a file."""
        batch = f"{delivered.format.name}/{delivered.entity.name}/{identity}"
        self._known[_name(delivered)] = {_mark(delivered): batch}

    def earlier_size(self, delivered: Delivered) -> int | None:
        """Bytes of the content that was last loaded from this place."""
        for mark in self._known.get(_name(delivered), {}):
            return int(mark.split()[-2])
        return None

    def forget_missing(self, landing: Path, found: Iterable[Delivered]) -> list[str]:
        """The files below landing that are there no more, each named once."""
        there = {_name(one) for delivered in found for one in _readings(delivered)}
        below = f"{landing}/"
        gone = [one for one in self._known if one.startswith(below) and one not in there]
        for one in gone:
            del self._known[one]
        return sorted({one.removeprefix(below).rsplit("#", 1)[0] for one in gone})

    def save(self) -> None:
        """Writes the cache."""
        write_durably(self._path, json.dumps(self._known))


def _readings(delivered: Delivered) -> list[Delivered]:
    return [one for one in (delivered, delivered.otherwise) if one is not None]


def _name(delivered: Delivered) -> str:
    member = delivered.source.member
    place = f"{delivered.path}/{member}" if member else str(delivered.path)
    return f"{place}#{delivered.entity.name}"


def _mark(delivered: Delivered) -> str:
    stat = delivered.path.stat()
    place = f"{delivered.channel}/{delivered.format.name}/{delivered.entity.name}"
    return f"{place} {stat.st_size} {stat.st_mtime_ns}"
