"""Which delivered files there are, and what each one is said to hold."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from dagster_project.formats import Binding, Entity, Format, channel_bindings, formats_of
from dagster_project.ingest.archive import Source, members
from dagster_project.ingest.held import FileHeld, HeldFile
from dagster_project.settings import Home

KINDS = ("csv", "tsv", "jsonl", "json", "parquet", "xlsx")
_CHANNEL = re.compile(r"[a-z0-9][a-z0-9_-]*")
_EXTENSION = re.compile(rf"\.({'|'.join(KINDS)})(\.gz)?$", re.IGNORECASE)
_DEEP = re.compile(r"\.(json|jsonl|xlsx)(\.gz)?$", re.IGNORECASE)
_ZIP = re.compile(r"\.zip$", re.IGNORECASE)
_UNFINISHED = (".", "_", "~$")
# JSON is UTF-8 (RFC 8259), whatever else the format's files are in
_JSON = ("utf-8",)


@dataclass(frozen=True)
class Delivered:
    """A file in landing. ``file`` is its path below the landing folder, with ``/``.

    A file packed in a zip is ``<zip's path>/<name in it>``. ``otherwise`` is what the file holds
    where its columns are not those of ``format``. ``outer`` is the entity inside whose file this
    one is: where that file turns out to be the other, there is nothing inside.
    """

    source: Source
    file: str
    channel: str
    kind: str
    format: Format
    entity: Entity
    binding: Binding = Binding()
    otherwise: Delivered | None = None
    outer: Delivered | None = None

    @property
    def path(self) -> Path:
        """The file in landing: for a packed file, the zip."""
        return self.source.path

    @property
    def encodings(self) -> tuple[str, ...]:
        """The encodings to try, in order: the channel's own, else the format's."""
        if self.binding.encoding:
            return (self.binding.encoding,)
        return _JSON if self.kind in {"json", "jsonl"} else self.format.encodings


def find_delivered(home: Home, landing: Path) -> tuple[list[Delivered], list[HeldFile]]:
    """The files of landing by path, once for each entity in them, and those that say nothing.

    Hidden and unfinished files (``.x``, ``_x``, ``~$x``) and files of other kinds are not looked
    at. Raises FormatError when ``channels.yml`` is wrong.
    """
    bindings = channel_bindings(home)
    found: list[Delivered] = []
    held: list[HeldFile] = []
    for path in sorted(data_files(landing)):
        parts = path.relative_to(landing).parts
        file, channel = "/".join(parts), parts[0]
        if len(parts) < 2 or not _CHANNEL.fullmatch(channel):
            held.append(_misplaced(file, channel if len(parts) > 1 else ""))
            continue
        forms = formats_of(channel, bindings)
        try:
            sources = _sources(path, parts[1:])
        except FileHeld as error:
            held.append(
                HeldFile(channel, None, file, None, error.reason, error.detail, error.remedy)
            )
            continue
        for source, places in sources:
            name = f"{file}/{source.member}" if source.member else file
            named = [(form, entity) for form in forms if (entity := _named(form, places))]
            if not named:
                held.append(_unknown(name, channel, forms[0]))
                continue
            kind = _EXTENSION.search(source.member or path.name)[1].lower()
            place, binding = (source, name, channel, kind), bindings.get(channel, Binding())
            otherwise = [Delivered(*place, *one, binding) for one in named[1:]]
            form, entity = named[0]
            whole = Delivered(*place, form, entity, binding, next(iter(otherwise), None))
            inside = _inside(form, entity, kind)
            found.append(whole)
            found += [Delivered(*place, form, one, binding, outer=whole) for one in inside]
    return found, held


def _inside(form: Format, entity: Entity, kind: str) -> list[Entity]:
    """What else a file of an entity holds: only JSON has arrays, only a workbook more sheets."""
    inside = [one for one in form.entities.values() if one.within == entity.name]
    return [one for one in inside if kind in (("json", "jsonl") if one.rows else ("xlsx",))]


def _named(form: Format, places: tuple[tuple[str, ...], ...]) -> Entity | None:
    return next(filter(None, (entity_of(form, place) for place in places)), None)


def entity_of(form: Format, parts: tuple[str, ...]) -> Entity | None:
    """The entity a path below the channel names; the longest matching pattern wins.

    A folder named as an entity says it for everything below; what stands within another entity's
    files is found there, but flat rows of it (mended ones) are only that.
    """
    if len(parts) > 1:
        named = form.entities.get(parts[0])
        is_inside = named is not None and named.within is not None and _DEEP.search(parts[-1])
        return form.entities[named.within] if is_inside else named
    name = parts[0].lower()
    matches = [
        (len(pattern), entity.name)
        for entity in form.entities.values()
        if entity.within is None
        for pattern in (entity.files or (f"{entity.name}*",))
        if fnmatchcase(name, pattern.lower())
    ]
    return form.entities[max(matches)[1]] if matches else None


def data_files(landing: Path) -> Iterator[Path]:
    """The files of landing that are of a kind we read, in no order."""
    for folder, folders, names in os.walk(landing):
        folders[:] = [one for one in folders if not one.startswith(_UNFINISHED)]
        for name in names:
            known = _EXTENSION.search(name) or _ZIP.search(name)
            if known and not name.startswith(_UNFINISHED):
                yield Path(folder) / name


def _sources(
    path: Path, parts: tuple[str, ...]
) -> list[tuple[Source, tuple[tuple[str, ...], ...]]]:
    """What of a file is to be read, each with the places that may name its entity.

    A packed file is what its own name says, else what the zip's name says.
    """
    if not _ZIP.search(path.name):
        return [(Source(path), (parts,))]
    packed = [
        one for one in members(path)
        if _EXTENSION.search(one) and not PurePosixPath(one).name.startswith(_UNFINISHED)
    ]  # fmt: skip
    if not packed:
        raise FileHeld("empty", "the zip holds no file of a kind we read", f"pack one of {KINDS}")
    return [
        (Source(path, one), ((*parts[:-1], PurePosixPath(one).name), (parts))) for one in packed
    ]


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
