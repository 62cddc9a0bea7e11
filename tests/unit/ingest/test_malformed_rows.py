"""Malformed records go to quarantine; nothing is lost, and nothing wrong is loaded."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.ingest.dialect import Dialect
from dagster_project.ingest.split_csv import MAX_RECORD, CsvSplitter
from dagster_project.privacy import load_keys, read_quarantine

HEADER = "store_id,name,city\n"
GOOD = "1,a,b\n"

NASTY = {
    "too_few": ("2,only\n", ["too_few_cells"], 2),
    "too_many": ("2,a,b,c\n", ["too_many_cells"], 2),
    "cut_last_line": ("2,a\n3,b,c\n4,d", ["too_few_cells", "too_few_cells"], 2),
    "stray_quote": ('2,5" screen,b\n', ["broken_quote"], 2),
    "quote_then_text": ('2,"a"x,b\n', ["broken_quote"], 2),
    "unclosed": ('2,"a,b\n3,c,d\n4,"e",f\n', ["broken_quote"], 4),
    "unclosed_at_end": ('2,a,b\n3,"c,d', ["broken_quote"], 2),
    "blank_before_quote": ('2, "a",b\n', ["broken_quote"], 2),
    "backslash_quote": ('2,"a\\"b",c\n', ["broken_quote"], 2),
    "only_delimiters": (",,\n", ["missing_required"], 2),
    "quoted_line_end": ('2,"a\nb",c\n', [], 3),
    "doubled_quotes": ('2,"a ""b"" c",""\n', [], 3),
    "blank_lines": ("\n\r\n2,a,b\n\n", [], 3),
    "lone_cr": ("2,a\rb,c\n", [], 3),
    "nul": ("2,a\0b,c\n", [], 3),
}


@pytest.mark.parametrize("name", NASTY)
def test_csv(warehouse, name):
    body, reasons, loaded = NASTY[name]
    last = GOOD if body.endswith("\n") else ""
    warehouse.deliver("web/stores.csv", HEADER + GOOD + body + last)
    report = warehouse.ingest()
    [batch] = report.loaded
    found = [one["reason"] for one in batch.quarantine for _ in range(one["rows"])]
    assert found == reasons
    assert batch.rows_loaded == loaded
    assert batch.rows_read == batch.rows_loaded + len(reasons)


def test_row_numbers_stay_those_of_the_file(warehouse):
    warehouse.deliver("web/stores.csv", HEADER + '1,a,b\n2,x\n3,"p\nq",d\n4,"e,f\n5,g,h\n')
    warehouse.ingest()
    assert warehouse.query(
        "select store_id, file_row from raw.contract__stores order by file_row"
    ) == [("1", 1), ("3", 3), ("5", 5)]


def test_quarantine_keeps_the_original_text(warehouse):
    warehouse.deliver("web/stores.csv", HEADER + '1,a\n2,"b,c\n3,d,e\n')
    warehouse.deliver("web/orders.csv", ORDERS + "A,2024-02-30,paid,1,13800138000\n")
    report = warehouse.ingest()
    keys = load_keys(warehouse.home)
    found = {
        (one.file_row, one.reason, one.column): one.values
        for batch in report.loaded
        for one in read_quarantine(warehouse.home, keys, batch.batch_id)
    }
    assert found == {
        (1, "too_few_cells", None): {"": "1,a"},
        (2, "broken_quote", None): {"": '2,"b,c'},
        (1, "bad_timestamp", "ordered_at"): {
            "order_id": "A", "ordered_at": "2024-02-30", "status": "paid",
            "net_paid_amount": "1", "phone": "13800138000",
        },
    }  # fmt: skip


ORDERS = "order_id,ordered_at,status,net_paid_amount,phone\n"
BAD_ORDERS = [
    (",2024-01-01,paid,1,", "missing_required", "order_id"),
    ("A,,paid,1,", "missing_required", "ordered_at"),
    ("A,2024-01-01,NULL,1,", "missing_required", "status"),
    ("A,yesterday,paid,1,", "bad_timestamp", "ordered_at"),
    ("A,2024-01-01,paid,one,", "bad_decimal", "net_paid_amount"),
    ("A,1899-12-31,paid,1,", "impossible_time", "ordered_at"),
    ("A,2024-06-03,paid,1,", "impossible_time", "ordered_at"),
    ("A,2999-01-01,paid,1,", "impossible_time", "ordered_at"),
]


@pytest.mark.parametrize(("row", "reason", "column"), BAD_ORDERS)
def test_values_that_cannot_be(warehouse, row, reason, column):
    warehouse.deliver("web/orders.csv", f"{ORDERS}{row}\nB,2024-06-02 23:59:59,paid,1,\n")
    warehouse.ingest()
    assert warehouse.reasons() == [(reason, column, 1)]
    assert warehouse.query("select order_id from raw.contract__orders") == [("B",)]


def test_unusable_phone_and_unknown_word_do_not_quarantine(warehouse):
    warehouse.deliver("web/orders.csv", ORDERS + "A,2024-01-01,Bezahlt,1,12\n")
    warehouse.ingest()
    assert warehouse.query(
        "select status, phone_token, phone_status from raw.contract__orders"
    ) == [("Bezahlt", None, "invalid")]


def test_planned_times_may_lie_ahead(warehouse):
    warehouse.deliver(
        "web/campaigns.csv", "campaign_id,name,starts_at,ends_at\nC,n,2030-01-01,2031-01-01\n"
    )
    warehouse.ingest()
    assert warehouse.reasons() == []


def test_one_of_two_columns_is_enough(warehouse):
    warehouse.deliver(
        "web/refunds.csv",
        "refund_id,order_id,customer_id,refunded_at,amount\n"
        "1,A,,2024-01-01,1\n2,,7,2024-01-01,1\n3,,,2024-01-01,1\n",
    )
    warehouse.ingest()
    assert warehouse.reasons() == [("missing_required", "order_id or customer_id", 1)]


def test_malformed_json_lines(warehouse):
    warehouse.deliver(
        "web/stores.jsonl",
        '{"store_id": 1}\n{"store_id": 2\n[1]\n"x"\nnull\n\n{"store_id": "5", "x": "\\u001f"}\n{',
    )
    warehouse.ingest()
    assert warehouse.reasons() == [("malformed_json", None, 5)]
    assert warehouse.query("select store_id, file_row from raw.contract__stores order by 2") == [
        ("1", 1), ("5", 6),
    ]  # fmt: skip


def split(content: bytes, size: int, width: int) -> tuple[int, list, bytes]:
    out, rejects = io.BytesIO(), []
    dialect = Dialect(",", '"', tuple("abcdefgh"[:width]))
    splitter = CsvSplitter(dialect, out, lambda *one: rejects.append(one))
    splitter.run(content[at : at + size] for at in range(0, len(content), size))
    return splitter.records, rejects, out.getvalue()


CELL = st.text(alphabet='a",\n\r 中', max_size=6)
TABLE = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=8)
)


@settings(max_examples=150, deadline=None)
@given(TABLE, st.integers(1, 40))
def test_well_formed_records_pass_whatever_the_chunks(rows, size):
    """Oracle: Python's csv module wrote the records and reads them back."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    width = len(rows[0]) if rows else 2
    records, rejects, passed = split(out.getvalue().encode(), size, width)
    assert rejects == []
    assert records == len(rows)
    assert list(csv.reader(io.StringIO(passed.decode(), newline=""), strict=True)) == rows


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet='ab",\n', max_size=60), st.integers(1, 20))
def test_any_bytes_split_alike_whatever_the_chunks(text, size):
    whole = split(text.encode(), 1000, 2)
    assert split(text.encode(), size, 2) == whole
    records, rejects, passed = whole
    read = list(csv.reader(io.StringIO(passed.decode(), newline=""), strict=True))
    assert len(read) == records
    assert {len(one) for one in read} <= {2}
    assert [one[0] for one in rejects] == sorted({one[0] for one in rejects})


def test_an_unclosed_quote_in_a_large_file_costs_one_line():
    lines = [b"1,2\n"] * (MAX_RECORD // 2)
    lines[3] = b'1,"2\n'
    records, rejects, _ = split(b"".join(lines), 1 << 19, 2)
    assert records == len(lines)
    assert rejects == [(4, "broken_quote", b'1,"2')]
