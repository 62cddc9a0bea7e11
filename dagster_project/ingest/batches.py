"""The batches of a home: what was loaded, as their manifests say, and taking one out again.

Layout: ``raw/<format>/<entity>/<batch>/{data.parquet, manifest.json}``; a withdrawn batch has a
marker ``raw/_withdrawn/<batch>.json`` and stays where it is, unseen by everything downstream.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dagster_project.release.durable import write_durably
from dagster_project.settings import Home

MANIFEST = "manifest.json"
DATA = "data.parquet"


@dataclass(frozen=True)
class Batch:
    """One loaded file. Times are naive UTC; counts are records.

    ``quarantine`` rows are {reason, column, rows}; ``profile`` is {column: {rows, nulls, median?,
    values?}}; ``max_at`` is the greatest of all times that have happened, ``max_order_at`` the
    greatest time of an order (None where the entity holds none), ``span_days`` the days that
    nine tenths of the records spread over. ``notices`` rows are {notice, column, detail}:
    what a person should know of the file, which was loaded all the same.
    """

    batch_id: str
    format: str
    entity: str
    channel: str
    file: str
    sha256: str
    bytes: int
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    ingested_at: datetime
    max_at: datetime | None
    max_order_at: datetime | None
    schema_version: int
    span_days: int | None = None
    quarantine: list[dict[str, Any]] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)
    missing_columns: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    profile: dict[str, dict[str, Any]] = field(default_factory=dict)
    notices: list[dict[str, Any]] = field(default_factory=list)


_NAMES = frozenset(one.name for one in fields(Batch))
_TIMES = ("ingested_at", "max_at", "max_order_at")


class UnknownBatch(LookupError, ValueError):
    """No batch has this id."""


def batch_folder(home: Home, batch: Batch) -> Path:
    """Where the batch's Parquet and manifest are."""
    return home.raw / batch.format / batch.entity / batch.batch_id


def withdrawn_ids(home: Home) -> set[str]:
    """The ids of withdrawn batches."""
    folder = home.raw / "_withdrawn"
    return {path.stem for path in folder.glob("[!.]*.json")} if folder.is_dir() else set()


def list_batches(home: Home, include_withdrawn: bool = False) -> list[Batch]:
    """All batches by id; those withdrawn only when asked for."""
    hidden = set() if include_withdrawn else withdrawn_ids(home)
    found = [_read(path) for path in _manifests(home.raw) if path.parent.name not in hidden]
    return sorted(found, key=lambda batch: batch.batch_id)


def withdraw_batch(home: Home, batch_id: str, reason: str) -> Batch:
    """Marks a batch as withdrawn; raw keeps its records. Again with the same id: a new reason.

    Raises:
        UnknownBatch: no batch has this id.
        ValueError: the reason is empty.
    """
    if not reason.strip():
        raise ValueError("a batch is withdrawn for a reason: give one")
    batch = next((one for one in list_batches(home, True) if one.batch_id == batch_id), None)
    if batch is None:
        raise UnknownBatch(f"no batch {batch_id!r} in raw: `list_batches` names those there are")
    _mark(home, "_withdrawn", batch_id, reason)
    return batch


def release_file(home: Home, batch_id: str, reason: str) -> None:
    """Lets the file that would be this batch be loaded in spite of its bad rows.

    Raises:
        ValueError: the reason is empty.
    """
    if not reason.strip():
        raise ValueError("a held file is released for a reason: give one")
    _mark(home, "_released", batch_id, reason)


def is_released(home: Home, batch_id: str) -> bool:
    """Whether a person let this content be loaded in spite of its bad rows."""
    return (home.raw / "_released" / f"{batch_id}.json").is_file()


def _mark(home: Home, folder: str, batch_id: str, reason: str) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    marker = home.raw / folder / f"{batch_id}.json"
    marker.parent.mkdir(parents=True, exist_ok=True)
    write_durably(marker, json.dumps({"reason": reason, "at": at}, ensure_ascii=False))


def _manifests(raw: Path) -> Iterator[Path]:
    if not raw.is_dir():
        return
    for format_folder in raw.iterdir():
        if format_folder.name.startswith((".", "_")) or not format_folder.is_dir():
            continue
        yield from format_folder.glob(f"*/[!.]*/{MANIFEST}")


def _read(path: Path) -> Batch:
    content = json.loads(path.read_text(encoding="utf-8"))
    for name in _TIMES:
        content[name] = datetime.fromisoformat(content[name]) if content.get(name) else None
    return Batch(**{name: value for name, value in content.items() if name in _NAMES})
