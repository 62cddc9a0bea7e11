"""One delivered file of a preset, and what must become of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Planted = tuple[str, int, str, str | None]


@dataclass(frozen=True)
class PresetFile:
    """A file as a platform writes it.

    Attributes:
        name: its path below the landing folder.
        content: its bytes.
        rows: entity -> how many records of it the file holds.
        planted: (entity, row from 1, reason code, column) of every record that is wrong.
    """

    name: str
    content: bytes
    rows: dict[str, int]
    planted: tuple[Planted, ...] = ()


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Cells as a CSV text with line ends as Excel writes them."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def cells_of(header: Sequence[str], **cells: object) -> list[object]:
    """A row of the header's columns: those named (blanks as ``_``), all others empty."""
    named = {name.replace("_", " "): value for name, value in cells.items()}
    unknown = set(named) - set(header)
    if unknown:
        raise KeyError(f"the header has no {sorted(unknown)}")
    return [named.get(name, "") for name in header]
