"""The same nasty cells in every kind of file come to the same values, or to quarantine."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dagster_project.privacy.keys import load_keys
from tests.unit.ingest.test_cell_forms import BOOLEANS, INSTANTS, NOTHING, NUMBERS

COLUMNS = [
    "order_id", "ordered_at", "status", "net_paid_amount", "gross_amount", "is_test", "phone",
    "coupon_id",
]  # fmt: skip
PLAIN = {
    "ordered_at": "2024-01-02 03:04:05", "status": "paid", "net_paid_amount": "1",
    "gross_amount": "", "is_test": "", "phone": "", "coupon_id": "",
}  # fmt: skip
REASON = {"ordered_at": "bad_timestamp", "gross_amount": "bad_decimal", "is_test": "bad_boolean"}
PHONES = [
    ("13800000001", "+8613800000001"),
    ("138 0000 0001", "+8613800000001"),
    ("138-0000-0001", "+8613800000001"),
    ("+86 13800000001", "+8613800000001"),
    ("(86)138.0000.0001", "+8613800000001"),
    ("0086 138 0000 0001", "+8613800000001"),
    ("13800000001.0", "+8613800000001"),
    ("１３８０００００００１", "+8613800000001"),
    ("\u00a013800000001\u3000", "+8613800000001"),
    ("021-62345678", "+862162345678"),
    ("+852 9123 4567", "+85291234567"),
    ("138****0001", None),
    ("12800000001", None),
    ("none", None),
]
IDS = [
    ("00117", "00117"),
    ("9007199254740993", "9007199254740993"),
    ("922337203685477580799", "922337203685477580799"),
    ("2.02601E+17", "2.02601E+17"),
    (" Ａ－１７ ", "A-17"),
    ("#1001", "#1001"),
]
CELLS = (
    [("ordered_at", *one) for one in INSTANTS]
    + [("gross_amount", *one) for one in NUMBERS]
    + [("is_test", *one) for one in BOOLEANS if one[0] not in NOTHING]
    + [("phone", *one) for one in PHONES]
    + [("coupon_id", *one) for one in IDS]
    + [("coupon_id", one, None) for one in NOTHING]
)
WRONG = [one for one in CELLS if one[2] is None and one[0] in REASON]
RIGHT = [one for one in CELLS if one not in WRONG]
# a sheet has serial days, which no other file has
SERIAL = "45293"
A_FILE = 8


def rows_of(cells: list) -> list[dict[str, str]]:
    return [
        {"order_id": str(number)} | PLAIN | {column: cell}
        for number, (column, cell, _) in enumerate(cells)
    ]


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
    wrong = [one for one in WRONG if path != "xlsx" or one[1] != SERIAL]
    kind, write = path.split(" ")[0], PATHS[path]
    warehouse.deliver(f"web/orders.{kind}", write(rows_of(RIGHT)))
    # few at a time, beside sound ones: a file of nothing but errors is held as a whole
    for start in range(0, len(wrong), A_FILE):
        part = rows_of(wrong[start : start + A_FILE])
        sound = [{"order_id": f"s{number}"} | PLAIN | {
            "gross_amount": "1", "is_test": "1"} for number in range(A_FILE + 2)]  # fmt: skip
        warehouse.deliver(f"bad{start}/orders.{kind}", write(part + sound))
    report = warehouse.ingest()
    assert report.held == []
    _check_right(warehouse)
    found = {(one.channel, row["column"], row["reason"], row["rows"])
             for one in report.loaded for row in one.quarantine}  # fmt: skip
    told: dict[tuple[str, str], int] = {}
    for number, (column, _, _) in enumerate(wrong):
        place = (f"bad{number - number % A_FILE}", column)
        told[place] = told.get(place, 0) + 1
    assert found == {(*place, REASON[place[1]], count) for place, count in told.items()}


def _check_right(warehouse) -> None:
    keys = load_keys(warehouse.home)
    names = ["ordered_at", "gross_amount", "is_test", "phone_token", "coupon_id"]
    found = {
        int(number): dict(zip(names, values, strict=True))
        for number, *values in warehouse.query(
            f"select order_id, {', '.join(names)} from raw.contract__orders where channel = 'web'"
        )
    }
    nothing = dict.fromkeys(names) | {"ordered_at": datetime(2024, 1, 1, 19, 4, 5)}
    assert len(found) == len(RIGHT)
    for number, (column, cell, value) in enumerate(RIGHT):
        if column == "phone":
            wanted = {"phone_token": value and keys.token("phone", value)}
        else:
            wanted = {column: value}
        assert found[number] == nothing | wanted, (column, cell)
    assert any(isinstance(value, Decimal) for _, _, value in RIGHT)
