"""The first rows of a file of any kind we read, as text under the file's own headers."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from python_calamine import CalamineWorkbook

from dagster_project.ingest.archive import Source
from dagster_project.ingest.dialect import DELIMITERS
from dagster_project.ingest.intake import take_in_text
from dagster_project.ingest.read_xlsx import cell_text

ROWS = 1000
_BYTES = 1 << 20
_ENCODINGS = ("utf-8", "gb18030")


@dataclass(frozen=True)
class Look:
    """A file's columns with the cells of its first rows; empty ones are None."""

    path: Path
    columns: dict[str, list[str | None]]
    is_sheet: bool = False

    def filled(self, column: str) -> list[str]:
        """The cells of a column that are not empty."""
        return [one for one in self.columns[column] if one is not None and one.strip()]


def look_at(path: Path) -> Look:
    """Reads the first rows of a csv, tsv, json, jsonl, parquet or xlsx file (or .gz of a text).

    Raises:
        FileHeld: the file cannot be read.
        ValueError: it is of no kind we read, or has no columns.
    """
    kind = next((one for one in reversed(path.suffixes) if one.lower() != ".gz"), "").lower()
    if kind == ".xlsx":
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows()
        columns = _table([cell_text(cell) for cell in row] for row in itertools.islice(rows, ROWS))
    elif kind == ".parquet":
        batch = next(pq.ParquetFile(path).iter_batches(ROWS), None)
        columns = _records(batch.to_pylist() if batch else [])
    elif kind in {".json", ".jsonl"}:
        columns = _records(itertools.islice(_objects(_head(path)), ROWS))
    elif kind in {".csv", ".tsv"}:
        columns = _table(itertools.islice(_delimited(_head(path)), ROWS))
    else:
        raise ValueError(f"{path.name}: no kind of file we read (csv, tsv, json, parquet, xlsx)")
    if not columns:
        raise ValueError(f"{path.name}: no columns were found")
    return Look(path, columns, kind == ".xlsx")


def _head(path: Path) -> str:
    """The text of the file's beginning, up to the last whole line."""

    def read(chunks: Iterator[bytes]) -> tuple[bytes, bool]:
        content = b""
        for chunk in chunks:
            content += chunk
            if len(content) > _BYTES:
                return content, True
        return content, False

    _, _, (content, is_cut) = take_in_text(Source(path), _ENCODINGS, read)
    text = content.decode("utf-8", "ignore").replace("\r\n", "\n")
    return text[: text.rfind("\n") + 1] if is_cut else text


def _delimited(text: str) -> Iterator[list[str]]:
    first = text.lstrip("\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))
    return csv.reader(io.StringIO(text), delimiter=delimiter)


def _table(rows: Iterable[list[str | None]]) -> dict[str, list[str | None]]:
    header, *cells = [row for row in rows if any(row)] or [[]]
    width = len(header)
    filled = [row[:width] + [None] * (width - len(row)) for row in cells]
    return {
        str(name).strip(): [row[place] for row in filled]
        for place, name in enumerate(header)
        if name and str(name).strip()
    }


def _objects(text: str) -> Iterator[Any]:
    """The records of a JSON document or of JSON lines; a document may wrap its only list."""
    try:
        found = json.loads(text)
    except ValueError:
        yield from (json.loads(line) for line in text.splitlines() if line.strip())
        return
    while isinstance(found, dict):
        lists = [one for one in found.values() if isinstance(one, list)]
        if len(found) > 1 or not lists:
            break
        found = lists[0]
    yield from found if isinstance(found, list) else [found]


def _records(records: Iterable[Any]) -> dict[str, list[str | None]]:
    flat = [dict(_leaves(one)) for one in records if isinstance(one, dict)]
    names = list(dict.fromkeys(name for one in flat for name in one))
    return {name: [_json_text(one.get(name)) for one in flat] for name in names}


def _leaves(record: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _json_text(value: Any) -> str | None:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else cell_text(value)
