"""The same nasty cells in every kind of file come to the same values, or to quarantine."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.ingest.cells import CELLS, COLUMNS, WRONG, judge

# a sheet has serial days, which no other file has
SERIAL = "45293"


def as_csv(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_xlsx(rows: list[dict[str, str]]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in [dict(zip(COLUMNS, COLUMNS, strict=True)), *rows]:
        book.active.append([row[name] for name in COLUMNS])
    book.save(out)
    return out.getvalue()


def as_parquet(rows: list[dict[str, str]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


PATHS = {
    "csv": as_csv,
    "csv in gb18030": lambda rows: as_csv(rows).decode().encode("gb18030"),
    "jsonl": lambda rows: "\n".join(map(json.dumps, rows)).encode(),
    "json": lambda rows: json.dumps(rows, ensure_ascii=False, indent=1).encode(),
    "parquet": as_parquet,
    "xlsx": as_xlsx,
}


def test_there_are_enough_of_them():
    assert len(CELLS) >= 60
    assert len({column for column, *_ in CELLS}) == 5


@pytest.mark.parametrize("path", PATHS)
def test_cells(warehouse, path):
    kind, write = path.split(" ")[0], PATHS[path]
    wrong = [one for one in WRONG if path != "xlsx" or one[1] != SERIAL]
    judge(
        warehouse,
        lambda channel, rows: warehouse.deliver(f"{channel}/orders.{kind}", write(rows)),
        wrong=wrong,
    )
