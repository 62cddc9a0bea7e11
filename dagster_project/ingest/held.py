"""A file that is refused as a whole: why, and what helps."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any

from dagster_project.release.durable import write_durably
from dagster_project.settings import Home

_COLUMNS_SHOWN = 100
_LIKE_A_VALUE = re.compile(r"\d{6}|@")


class FileHeld(Exception):
    """Raised to refuse a file; ``reason`` is a code, ``detail`` holds no values.

    ``facts`` are further fields of the HeldFile it becomes.
    """

    def __init__(self, reason: str, detail: str, remedy: str, columns: list[str] | None = None):
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.remedy = remedy
        self.columns = columns or []
        self.facts: dict[str, Any] = {}


class FileWaits(Exception):
    """Raised where a file is not to be read yet, or no longer; nothing is wrong with it."""

    def __init__(self, reason: str, detail: str):
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class HeldFile:
    """A refused file, as ``raw/_held/<id>.json`` says it.

    Where it was refused for its rows, ``batch_id`` is the batch it would be, ``quarantine`` what
    is wrong with how many rows, and the rows themselves are in the vault.
    """

    channel: str
    entity: str | None
    file: str
    sha256: str | None
    reason: str
    detail: str
    remedy: str
    columns: list[str] = field(default_factory=list)
    batch_id: str | None = None
    rows_read: int | None = None
    rows_bad: int | None = None
    format: str | None = None
    quarantine: list[dict[str, Any]] = field(default_factory=list)


def read_held(home: Home) -> list[HeldFile]:
    """The files the last ingest held, by path."""
    folder = home.raw / "_held"
    paths = folder.glob("[!.]*.json") if folder.is_dir() else []
    notes = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return sorted((HeldFile(**one) for one in notes), key=lambda one: one.file)


def safe_names(columns: list[str]) -> list[str]:
    """Column names for reports: what looks like a value (a file without header) is hidden."""
    shown = [
        "(hidden)" if len(one) > 64 or _LIKE_A_VALUE.search(one) else one
        for one in columns[:_COLUMNS_SHOWN]
    ]
    return shown + ["…"] * (len(columns) > _COLUMNS_SHOWN)


def write_held(home: Home, held: list[HeldFile]) -> None:
    """Replaces the list of held files by this run's."""
    folder = home.raw / "_held"
    folder.mkdir(parents=True, exist_ok=True)
    names = set()
    for one in held:
        place = f"{one.file}\n{one.entity}"
        name = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        names.add(name)
        write_durably(folder / f"{name}.json", json.dumps(asdict(one)))
    for path in list(folder.iterdir()):
        if path.stem not in names:
            path.unlink()
