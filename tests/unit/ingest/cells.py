"""Nasty cells, each with the value it stands for, and how a path in is judged by them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from dagster_project.privacy.keys import load_keys
from tests.unit.ingest.delivery import Warehouse
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
A_FILE = 8
# A column and its cell, and the value that comes of it: None is nothing, or an error.
Cell = tuple[str, Any, Any]
Row = dict[str, Any]


def rows_of(cells: list[Cell]) -> list[Row]:
    return [
        {"order_id": str(number)} | PLAIN | {column: cell}
        for number, (column, cell, _) in enumerate(cells)
    ]


def judge(
    warehouse: Warehouse,
    send: Callable[[str, list[Row]], object],
    right: list[Cell] = RIGHT,
    wrong: list[Cell] = WRONG,
) -> None:
    """Send the cells by a path (channel, rows), and look at what stands in raw and in quarantine.

    Few wrong ones at a time, beside sound ones: a file of nothing but errors is held as a whole.
    """
    send("web", rows_of(right))
    for start in range(0, len(wrong), A_FILE):
        sound = [
            {"order_id": f"s{number}"} | PLAIN | {"gross_amount": "1", "is_test": "1"}
            for number in range(A_FILE + 2)
        ]
        send(f"bad{start}", rows_of(wrong[start : start + A_FILE]) + sound)
    report = warehouse.ingest()
    assert report.held == []
    _check_right(warehouse, right)
    found = {(one.channel, row["column"], row["reason"], row["rows"])
             for one in report.loaded for row in one.quarantine}  # fmt: skip
    told: dict[tuple[str, str], int] = {}
    for number, (column, _, _) in enumerate(wrong):
        place = (f"bad{number - number % A_FILE}", column)
        told[place] = told.get(place, 0) + 1
    assert found == {(*place, REASON[place[1]], count) for place, count in told.items()}


def _check_right(warehouse: Warehouse, right: list[Cell]) -> None:
    keys = load_keys(warehouse.home)
    names = ["ordered_at", "gross_amount", "is_test", "phone_token", "coupon_id"]
    found = {
        int(number): dict(zip(names, values, strict=True))
        for number, *values in warehouse.query(
            f"select order_id, {', '.join(names)} from raw.contract__orders where channel = 'web'"
        )
    }
    nothing = dict.fromkeys(names) | {"ordered_at": datetime(2024, 1, 1, 19, 4, 5)}
    assert len(found) == len(right)
    for number, (column, cell, value) in enumerate(right):
        if column == "phone":
            wanted = {"phone_token": value and keys.token("phone", value)}
        else:
            wanted = {column: value}
        assert found[number] == nothing | wanted, (column, cell)
