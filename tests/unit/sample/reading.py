"""Reads delivered files back without the code that wrote them: rows of text, one dict a row."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
from python_calamine import load_workbook

NOTHING = {"", "NULL", "null", "N/A", "\\N"}


class Row(dict):
    """A delivered row; a field it does not have is None."""

    def __missing__(self, key: str) -> None:
        return None


def text_of(path: Path) -> str:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def cells_of(path: Path) -> list[list[str]]:
    """Header and rows of a delimited file, as they stand there."""
    delimiter = "\t" if path.name.endswith(".tsv") else ","
    return list(csv.reader(io.StringIO(text_of(path)), delimiter=delimiter))


@cache
def raw_rows(path: Path) -> list[dict | str | list]:
    """One element a delivered row; what can't be read as a row stays text or cells."""
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    if path.suffix == ".xlsx":
        header, *rows = load_workbook(str(path)).get_sheet_by_index(0).to_python()
        return [dict(zip(header, row, strict=True)) for row in rows]
    if ".json" in path.name:
        return [_parsed(line) for line in text_of(path).splitlines()]
    header, *rows = cells_of(path)
    return [dict(zip(header, row, strict=True)) if len(row) == len(header) else row for row in rows]


def _parsed(line: str) -> dict | str:
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return line


def good_rows(landing: Path, planted: dict, channel: str, entity: str) -> list[dict]:
    """Rows of an entity without the planted bad ones; NULL words are None."""
    bad = {(row["file"], row["row"]) for row in planted["bad_rows"]}
    found = []
    for path in sorted((landing / channel).glob(f"{entity}[._]*")):
        if entity == "campaigns" and path.name.startswith("campaign_"):
            continue
        name = f"{channel}/{path.name}"
        for number, row in enumerate(raw_rows(path), start=1):
            if (name, number) not in bad:
                assert isinstance(row, dict), (name, number)
                found.append(Row((k, None if v in NOTHING else v) for k, v in row.items()))
    return found


def newest(rows: list[dict], key: str) -> dict[str, dict]:
    """The newest version of each key by ``updated_at``."""
    result: dict[str, dict] = {}
    for row in sorted(rows, key=lambda row: moment(row["updated_at"])):
        result[row[key]] = row
    return result


def moment(value: object) -> datetime:
    """A delivered time as a UTC instant."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC)
    parsed = datetime.fromisoformat(str(value).replace("/", "-").replace("Z", "+00:00"))
    return parsed if parsed.tzinfo else (parsed - timedelta(hours=8)).replace(tzinfo=UTC)


def amount(value: object) -> Decimal:
    """A delivered amount."""
    return Decimal(str(value if value is not None else 0).replace("￥", "").replace(",", ""))
