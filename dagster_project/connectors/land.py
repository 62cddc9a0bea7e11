"""Pages of records as files of landing: JSON lines, packed, complete before they have a name."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dagster_project.connectors.config import Feed
from dagster_project.release.durable import rename_durably, sync_file
from dagster_project.settings import Home

Record = Mapping[str, Any]


def land_page(home: Home, channel: str, entity: str, page: int, rows: Iterable[Record]) -> Path:
    """Writes one page; a page of the same number is replaced."""
    folder = home.landing / channel / entity
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"pull-{page:08d}.jsonl.gz"
    aside = folder / f".{target.name}"
    with aside.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        for row in rows:
            packed.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    sync_file(aside)
    rename_durably(aside, target)
    return target


def plain_value(value: Any, zone: ZoneInfo | None = None) -> Any:
    """A database's value as JSON that loses nothing: numbers keep their digits, times their zone.

    Args:
        zone: the zone of times that have none; None leaves them to the door.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return (value.replace(tzinfo=zone) if zone and value.tzinfo is None else value).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def shaped(feed: Feed, record: Record) -> Iterator[dict[str, Any]]:
    """The rows a service's record becomes: its columns, for each of its ``rows``, in our words."""
    inner = at(record, feed.rows) if feed.rows else record
    for one in inner if isinstance(inner, list) else [inner]:
        if feed.columns:
            row = {ours: _value(record, one, said) for ours, said in feed.columns.items()}
        else:
            row = dict(one)
        yield _worded(feed, row)


def at(record: Any, path: str | None) -> Any:
    """What stands at a path of names with points between them; None where there is nothing."""
    for name in (path or "").split(".") if path else []:
        record = record.get(name) if isinstance(record, Mapping) else None
    return record


def _value(outer: Record, inner: Any, said: str) -> Any:
    """What a column says: a path, or paths with ``*`` and ``-`` between them, left to right.

    A value that is missing counts as none in a difference, and makes a product be missing.
    """
    first, *more = re.split(r" ([*-]) ", said)
    value = _found(outer, inner, first)
    for sign, path in zip(more[::2], more[1::2], strict=True):
        other = _found(outer, inner, path)
        if sign == "*":
            gone = value is None or other is None
            value = None if gone else Decimal(str(value)) * Decimal(str(other))
        elif value is not None:
            value = Decimal(str(value)) - Decimal(str(other or 0))
    return str(value) if isinstance(value, Decimal) else value


def _found(outer: Record, inner: Any, path: str) -> Any:
    return at(outer, path[2:]) if path.startswith("^.") else at(inner, path)


def _worded(feed: Feed, row: dict[str, Any]) -> dict[str, Any]:
    for column, words in feed.words.items():
        if column in row:
            row[column] = words.get(str(row[column]), row[column])
    return row
