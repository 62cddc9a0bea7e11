"""The same records in every kind of file, encoding and dialect give the same raw rows."""

from __future__ import annotations

import csv
import gzip
import io
import json

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

COLUMNS = ["store_id", "name", "province", "city", "opened_on"]
ROWS = [
    ["001", '南京路 "旗舰"店', "上海", "上海, 黄浦", "2020-01-02"],
    ["9007199254740993", "line\nbreak", None, "b;c|d", "2021/3/4"],
    ["x-1", "'quoted'", "広東", "深圳\ttab", None],
]
SEEN = "store_id, name, province, city, opened_on, file_row"


def delimited(
    delimiter: str = ",", line_end: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL
) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerows([COLUMNS, *ROWS])
    return out.getvalue()


def records() -> list[dict]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in ROWS]


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(records()), out)
    return out.getvalue()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in [COLUMNS, *ROWS]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FILES = {
    "stores.csv": lambda: delimited().encode(),
    "stores_unix.csv": lambda: delimited(line_end="\n").encode(),
    "stores_bom.csv": lambda: delimited().encode("utf-8-sig"),
    "stores_gb.csv": lambda: delimited().encode("gb18030"),
    "stores_utf16.csv": lambda: delimited().encode("utf-16"),
    "stores_semicolon.csv": lambda: delimited(";").encode(),
    "stores_pipe.csv": lambda: delimited("|").encode(),
    "stores_quoted.csv": lambda: delimited(quoting=csv.QUOTE_ALL).encode(),
    "stores_cut_end.csv": lambda: delimited().rstrip().encode(),
    "stores_blank_lines.csv": lambda: delimited().replace("\r\n", "\r\n\r\n", 1).encode(),
    "stores.tsv": lambda: delimited("\t").encode(),
    "stores.csv.gz": lambda: gzip.compress(delimited().encode()),
    "stores.jsonl": lambda: "\n".join(map(json.dumps, records())).encode(),
    "stores_raw.jsonl": lambda: "\r\n\r\n".join(
        json.dumps(one, ensure_ascii=False) for one in records()
    ).encode(),
    "stores.jsonl.gz": lambda: gzip.compress("\n".join(map(json.dumps, records())).encode()),
    "stores.json": lambda: json.dumps(records()).encode(),
    "stores_pretty.json": lambda: json.dumps(records(), indent=2, ensure_ascii=False).encode(),
    "stores_lines.json": lambda: "\n".join(map(json.dumps, records())).encode(),
    "stores_objects.json": lambda: "".join(json.dumps(one, indent=1) for one in records()).encode(),
    "stores.parquet": parquet,
    "stores.xlsx": workbook,
}
EXPECTED = [
    ("001", '南京路 "旗舰"店', "上海", "上海, 黄浦", "2020-01-02", 1),
    ("9007199254740993", "line\nbreak", None, "b;c|d", "2021-03-04", 2),
    ("x-1", "'quoted'", "広東", "深圳\ttab", None, 3),
]


@pytest.mark.parametrize("name", FILES)
def test_same_rows(warehouse, name):
    warehouse.deliver(f"web/{name}", FILES[name]())
    report = warehouse.ingest()
    assert report.held == []
    assert [one.status for one in report.files] == ["loaded"]
    query = f"select {SEEN.replace('opened_on', 'cast(opened_on as varchar)')}"
    rows = warehouse.query(f"{query} from raw.contract__stores order by file_row")
    assert rows == EXPECTED


def test_header_is_bound_whatever_its_case_width_and_blanks(warehouse):
    warehouse.deliver("web/stores.csv", " Store_ID ,ＮＡＭＥ ,城市\n1,a,上海\n")
    warehouse.ingest()
    assert warehouse.query("select store_id, name, city from raw.contract__stores") == [
        ("1", "a", None)
    ]


def test_mac_line_ends(warehouse):
    warehouse.deliver("web/stores.csv", "store_id,name\r1,a\r2,b\r")
    warehouse.ingest()
    assert warehouse.query("select store_id from raw.contract__stores order by 1") == [
        ("1",), ("2",),
    ]  # fmt: skip


def test_numbers_in_parquet_and_xlsx_stay_what_they_are(warehouse):
    table = pa.table({"product_id": [17850.0, 2.5], "list_price": [1.25, 3.0]})
    out = io.BytesIO()
    pq.write_table(table, out)
    warehouse.deliver("web/products.parquet", out.getvalue())
    book = openpyxl.Workbook()
    book.active.append(["product_id", "list_price", "updated_at"])
    book.active.append([17851, 1.25, 45293.5])
    out = io.BytesIO()
    book.save(out)
    warehouse.deliver("web/products.xlsx", out.getvalue())
    warehouse.ingest()
    rows = warehouse.query(
        "select product_id, cast(list_price as varchar), cast(updated_at as varchar) "
        "from raw.contract__products order by 1"
    )
    assert rows == [
        ("17850", "1.25", None),
        ("17851", "1.25", "2024-01-02 04:00:00"),
        ("2.5", "3.00", None),
    ]


def test_json_values_keep_their_digits(warehouse):
    warehouse.deliver(
        "web/events.jsonl",
        '{"event_id": 123456789012345678901, "event_type": "view", "occurred_at": 1704164645123, '
        '"properties": {"a": [1, "x\\"y"]}, "session_id": null}\n',
    )
    warehouse.ingest()
    assert warehouse.query(
        "select event_id, cast(occurred_at as varchar), has_properties, session_id "
        "from raw.contract__events"
    ) == [("123456789012345678901", "2024-01-02 03:04:05.123", True, None)]
