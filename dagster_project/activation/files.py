"""Writing an export: CSV that a spreadsheet cannot be tricked by, Parquet, lines of one key."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.release.durable import rename_durably, sync_file

Row = dict[str, str]
# A spreadsheet runs a cell that begins with one of these, also in full width.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as the local code page
PRIVATE = 0o600


def harmless(text: str) -> str:
    """A cell that a spreadsheet shows instead of running it: an apostrophe before a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def plain_phone(text: str) -> str:
    """A phone number without its plus sign, which a spreadsheet would take for a formula."""
    digits = text.removeprefix("+")
    return digits if digits != text and digits.isdigit() else text


def check_target(path: Path) -> None:
    """Whether a file may be written there.

    Raises:
        ValueError: the ending says no known form, or something is there already.
    """
    if path.suffix not in {".csv", ".parquet", ".txt"}:
        raise ValueError(f"{path}: end the name in .csv, .parquet or (one match key) .txt")
    if path.exists():
        raise ValueError(f"{path} is there already: choose another name or remove it")
    if not path.parent.is_dir():
        raise ValueError(f"the folder {path.parent} does not exist: create it")


def write_file(path: Path, columns: Sequence[str], rows: Sequence[Row], for_people: bool) -> None:
    """Write rows in the form the name's ending says, readable by its owner only.

    Args:
        for_people: a list somebody opens (harmless cells, byte order mark), not match keys.
    """
    aside = path.with_name(f".tmp-{path.name}")
    aside.touch(PRIVATE)
    aside.chmod(PRIVATE)
    try:
        if path.suffix == ".parquet":
            arrays = [pa.array([row[c] for row in rows], pa.string()) for c in columns]
            pq.write_table(pa.table(arrays, names=list(columns)), aside)
        elif path.suffix == ".txt":
            lines = (row[columns[0]] for row in rows)
            aside.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        else:
            _write_csv(aside, columns, rows, for_people)
        sync_file(aside)
        rename_durably(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def _write_csv(path: Path, columns: Sequence[str], rows: Sequence[Row], for_people: bool) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        if for_people:
            stream.write(BYTE_ORDER_MARK)
        writer = csv.writer(stream)
        writer.writerow(columns)
        for row in rows:
            cells = [row[c] for c in columns]
            writer.writerow([harmless(plain_phone(c)) for c in cells] if for_people else cells)
