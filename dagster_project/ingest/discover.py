"""Which delivered files there are, and what each one is said to hold."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from dagster_project.formats import Entity, Format, channel_bindings, format_of
from dagster_project.ingest.held import HeldFile
from dagster_project.settings import Home

KINDS = ("csv", "tsv", "jsonl", "json", "parquet", "xlsx")
_CHANNEL = re.compile(r"[a-z0-9][a-z0-9_-]*")
_EXTENSION = re.compile(rf"\.({'|'.join(KINDS)})(\.gz)?$", re.IGNORECASE)
_UNFINISHED = (".", "_", "~$")


@dataclass(frozen=True)
class Delivered:
    """A file in landing. ``file`` is its path below the landing folder, with ``/``."""

    path: Path
    file: str
    channel: str
    kind: str
    format: Format
    entity: Entity


def find_delivered(home: Home, landing: Path) -> tuple[list[Delivered], list[HeldFile]]:
    """The files of landing by path, once for each entity in them, and those that say nothing.

    Hidden and unfinished files (``.x``, ``_x``, ``~$x``) and files of other kinds are not looked
    at. Raises FormatError when ``channels.yml`` is wrong.
    """
    bindings = channel_bindings(home)
    found: list[Delivered] = []
    held: list[HeldFile] = []
    for path in sorted(_data_files(landing)):
        parts = path.relative_to(landing).parts
        file, channel = "/".join(parts), parts[0]
        if len(parts) < 2 or not _CHANNEL.fullmatch(channel):
            held.append(_misplaced(file, channel if len(parts) > 1 else ""))
            continue
        form = format_of(channel, bindings)
        entity = entity_of(form, parts[1:])
        if entity is None:
            held.append(_unknown(file, channel, form))
            continue
        kind = _EXTENSION.search(path.name)[1].lower()
        inside = [one for one in form.entities.values() if one.within == entity.name]
        found += [Delivered(path, file, channel, kind, form, one) for one in (entity, *inside)]
    return found, held


def entity_of(form: Format, parts: tuple[str, ...]) -> Entity | None:
    """The entity a path below the channel names; the longest matching pattern wins.

    A folder named as an entity says it for everything below.
    """
    if len(parts) > 1:
        named = form.entities.get(parts[0])
        return named if named is None or named.within is None else form.entities[named.within]
    name = parts[0].lower()
    matches = [
        (len(pattern), entity.name)
        for entity in form.entities.values()
        if entity.within is None
        for pattern in (entity.files or (f"{entity.name}*",))
        if fnmatchcase(name, pattern.lower())
    ]
    return form.entities[max(matches)[1]] if matches else None


def _data_files(landing: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(landing):
        folders[:] = [one for one in folders if not one.startswith(_UNFINISHED)]
        for name in names:
            if not name.startswith(_UNFINISHED) and _EXTENSION.search(name):
                yield Path(folder) / name


def _misplaced(file: str, channel: str) -> HeldFile:
    return HeldFile(
        channel, None, file, None, "no_channel",
        "the file stands in no channel's folder",
        "deliver it as landing/<channel>/<entity>….csv, the channel in lower case",
    )  # fmt: skip


def _unknown(file: str, channel: str, form: Format) -> HeldFile:
    return HeldFile(
        channel, None, file, None, "unknown_entity",
        f"the name says no entity of the format {form.name}",
        f"begin the name with one of {sorted(form.entities)}",
    )  # fmt: skip
