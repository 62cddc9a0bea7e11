"""What could not be read: who looks at it, mends it, and lets it in.

Quarantined rows and the rows of held files stand in the vault, sealed; showing them needs the
home's key. A mended row comes back as a delivery of its own: raw never changes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagster_project.formats import Entity, channel_bindings, load_formats
from dagster_project.ingest.batches import list_batches, release_file
from dagster_project.ingest.held import read_held
from dagster_project.privacy.keys import Keys
from dagster_project.privacy.records import read_quarantine
from dagster_project.privacy.vault import VaultRecord
from dagster_project.settings import Home

ROW, REASON, COLUMN, TEXT = "_row", "_reason", "_column", "_text"
OURS = (ROW, REASON, COLUMN, TEXT)


class NotQuarantined(LookupError, ValueError):
    """No file with this id has rows in quarantine."""


@dataclass(frozen=True)
class Quarantined:
    """A file with rows that could not be read; ``status`` is ``loaded`` or ``held``."""

    batch_id: str | None
    channel: str
    entity: str | None
    file: str
    status: str
    rows: int | None
    reasons: str
    format: str | None = None


def list_quarantine(home: Home) -> list[Quarantined]:
    """The held files, then the loaded ones with rows in quarantine, by path."""
    held = [
        Quarantined(
            one.batch_id, one.channel, one.entity, one.file, "held", one.rows_bad,
            _named(one.quarantine) or f"{one.reason}: {one.detail}", one.format,
        )
        for one in read_held(home)
    ]  # fmt: skip
    loaded = [
        Quarantined(
            one.batch_id, one.channel, one.entity, one.file, "loaded", one.rows_quarantined,
            _named(one.quarantine), one.format,
        )
        for one in list_batches(home)
        if one.rows_quarantined
    ]  # fmt: skip
    return held + sorted(loaded, key=lambda one: (one.file, one.batch_id or ""))


def quarantined(home: Home, batch_id: str) -> Quarantined:
    """The file of an id.

    Raises:
        NotQuarantined: there is none.
    """
    for one in list_quarantine(home):
        if one.batch_id == batch_id:
            return one
    raise NotQuarantined(
        f"no file {batch_id!r} has rows in quarantine: `quarantine list` names those that have"
    )


def read_rows(home: Home, keys: Keys, batch_id: str) -> Iterator[VaultRecord]:
    """The rows of a file that could not be read, with their text as delivered.

    Raises:
        NotQuarantined: no file has this id.
    """
    quarantined(home, batch_id)
    return read_quarantine(home, keys, batch_id)


def write_rows(rows: Iterable[VaultRecord], path: Path, entity: Entity) -> int:
    """Writes rows as CSV to be mended: row, reason, column, then the fields as delivered.

    ``_text`` is the text of a row that could not be taken apart. Returns the number of rows.
    """
    names = [one.name for one in entity.fields]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [*OURS, *names], extrasaction="ignore")
        writer.writeheader()
        count = 0
        for row in rows:
            count += 1
            cells = {ROW: row.file_row, REASON: row.reason, COLUMN: row.column}
            writer.writerow(cells | {TEXT: row.values.get("")} | row.values)
    return count


def release(home: Home, batch_id: str, reason: str, mended: Path | None = None) -> Path | None:
    """Lets a held file in with its good rows, and delivers mended rows where there are any.

    Args:
        mended: a CSV as ``write_rows`` writes it, its cells corrected.

    Returns the file in landing that holds the mended rows.

    Raises:
        NotQuarantined: no file has this id.
        ValueError: there is nothing to release, or the reason is empty.
    """
    one = quarantined(home, batch_id)
    if not reason.strip():
        raise ValueError("something is released for a reason: give one")
    if one.status == "loaded" and mended is None:
        raise ValueError(
            f"{one.file} is loaded but for {one.rows} rows: mend them "
            "(`quarantine show ID --to FILE`) and give them with --mended"
        )
    target = _deliver(home, one, mended) if mended else None
    if one.status == "held":
        release_file(home, batch_id, reason)
    return target


def entity_of_file(home: Home, one: Quarantined) -> Entity:
    """The entity a file holds."""
    return load_formats()[one.format or ""].entities[one.entity or ""]


def _deliver(home: Home, one: Quarantined, mended: Path) -> Path:
    """Mended rows as a file of the channel, in a folder named as its entity."""
    binding = channel_bindings(home).get(one.channel)
    encoding = binding.encoding if binding and binding.encoding else "utf-8"
    with mended.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        names = [name for name in reader.fieldnames or [] if name not in OURS]
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(reader)
    folder = home.landing / one.channel / (one.entity or "")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"mended-{one.batch_id}.csv"
    aside = target.with_name(f".{target.name}")
    aside.write_bytes(out.getvalue().encode(encoding))
    aside.replace(target)
    target.with_name(f"{target.name}.done").touch()
    return target


def _named(causes: list[dict[str, Any]]) -> str:
    texts = (
        f"{one['reason']} {one['column'] or ''}".strip() + f" ({one['rows']})" for one in causes
    )
    return ", ".join(texts)
