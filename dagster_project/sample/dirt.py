"""Planted dirt: cells written badly but readably, and rows that must go to quarantine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.sample.shapes import Shape
from dagster_project.sample.text import either, joined, words

ROWS_PER_BAD_ROW = 700  # 0.14 % of a file at most: below the level that warns
MOST_BAD_ROWS = 4  # in one stretch of a file
NULL_WORDS = ("NULL", "N/A", "\\N", "null")
FUTURE = "2099-01-01 10:00:00"
NO_DAY = "2025-13-45 10:00:00"
# reason code, column, what the cell says (None = nothing)
BAD_CELLS: dict[str, tuple[tuple[str, str, str | None], ...]] = {
    "customers": (
        ("bad_timestamp", "registered_at", NO_DAY),
        ("missing_required", "customer_id", None),
        ("impossible_time", "registered_at", FUTURE),
        ("bad_timestamp", "updated_at", "soon"),
    ),
    "orders": (
        ("bad_timestamp", "ordered_at", NO_DAY),
        ("missing_required", "status", None),
        ("impossible_time", "ordered_at", FUTURE),
        ("bad_decimal", "net_paid_amount", "12.3.4"),
    ),
    "order_lines": (
        ("bad_decimal", "line_amount", "twelve"),
        ("missing_required", "product_id", None),
        ("bad_decimal", "quantity", "1-2"),
    ),
    "refunds": (("bad_timestamp", "refunded_at", NO_DAY), ("bad_decimal", "amount", "all")),
    "events": (
        ("bad_timestamp", "occurred_at", NO_DAY),
        ("missing_required", "event_type", None),
        ("impossible_time", "occurred_at", FUTURE),
    ),
    "points_entries": (
        ("bad_decimal", "points", "ten"),
        ("missing_required", "points", None),
        ("impossible_time", "occurred_at", FUTURE),
    ),
    "coupons": (("bad_timestamp", "issued_at", NO_DAY),),
    "contents": (("bad_integer", "likes", "many"),),
    "consents": (("bad_boolean", "granted", "maybe"), ("missing_required", "granted", None)),
    "service_tickets": (("bad_boolean", "is_complaint", "perhaps"),),
}


@dataclass(frozen=True)
class BadRow:
    """One planted row: its place within the stretch, why, and the bad column."""

    place: int
    reason: str
    column: str


def soil(table: pa.Table, shape: Shape) -> pa.Table:
    """Write some cells badly; the values stay readable."""
    for place, (name, column) in enumerate(zip(table.column_names, table.columns, strict=True)):
        values = column.combine_chunks()
        if shape.null_words and pa.types.is_string(values.type) and values.null_count:
            values = _say_null(values)
        if shape.full_width and name == "phone":
            values = _widen(values)
        if shape.currency_signs and pa.types.is_decimal(values.type):
            values = _with_sign(values)
        table = table.set_column(place, name, values)
    return table


def soiled(table: pa.Table) -> dict[str, int]:
    """Cells by kind of dirt in a table of words."""
    texts = [column for column in table.columns if pa.types.is_string(column.type)]
    phones = [table["phone"]] if "phone" in table.column_names else []
    marks = {
        "null_word": [pc.is_in(column, pa.array(NULL_WORDS)) for column in texts],
        "currency_sign": [pc.starts_with(column, "￥") for column in texts],
        "full_width_phone": [pc.match_substring_regex(column, "[０-９]") for column in phones],
    }
    return {kind: sum(pc.sum(mark).as_py() or 0 for mark in found) for kind, found in marks.items()}


def _say_null(values: pa.Array) -> pa.Array:
    empty = np.flatnonzero(values.is_null().to_numpy(zero_copy_only=False))[::5]
    word = np.full(len(values), -1)
    word[empty] = np.arange(len(empty)) % len(NULL_WORDS)
    return pc.coalesce(values, words(NULL_WORDS, word))


def _widen(values: pa.Array) -> pa.Array:
    told = np.flatnonzero(values.is_valid().to_numpy(zero_copy_only=False))[::20]
    chosen = np.zeros(len(values), bool)
    chosen[told] = True
    wide = values
    for digit in range(10):
        wide = pc.replace_substring(wide, str(digit), chr(ord("０") + digit))
    return either(chosen, wide, values)


def _with_sign(values: pa.Array) -> pa.Array:
    """``￥1,234.50`` in every seventh row, plain decimals elsewhere."""
    plain = values.cast(pa.string())
    thousands = pc.replace_substring_regex(plain, r"^(\d+)(\d{3}\.\d\d)$", r"\1,\2")
    return either(np.arange(len(values)) % 7 == 0, joined("￥", thousands), plain)


def bad_rows(entity: str, table: pa.Table, shape: Shape, turn: int) -> list[BadRow]:
    """Which rows to plant in a stretch of a file; ``turn`` walks through the kinds."""
    count = min(len(table) // ROWS_PER_BAD_ROW, MOST_BAD_ROWS)
    cells = [(r, c) for r, c, _ in BAD_CELLS.get(entity, ()) if c in table.column_names]
    if not cells or shape.kind == "parquet":
        return []
    is_json = shape.kind.startswith("json")
    broken = (
        [("malformed_json", "")] if is_json else [("too_many_cells", ""), ("too_few_cells", "")]
    )
    kinds = cells + broken
    step = len(table) // (count + 1) if count else 0
    return [
        BadRow(step * (number + 1), *kinds[(turn + number) % len(kinds)]) for number in range(count)
    ]


def bad_piece(entity: str, row: pa.Table, bad: BadRow) -> pa.Table:
    """A copy of a row with a key of its own and the bad cell; ``row`` has one row."""
    key = row.column_names[0]
    row = row.set_column(0, key, joined(row[key].combine_chunks().cast(pa.string()), "-bad"))
    for reason, column, said in BAD_CELLS[entity]:
        if (reason, column) == (bad.reason, bad.column):
            place = row.schema.get_field_index(column)
            return row.set_column(place, column, pa.array([said], pa.string()))
    return row


def broken(line: bytes, reason: str) -> bytes:
    """The line of a bad row, broken as a line where the reason is one of lines."""
    text = line.rstrip(b"\r\n")
    if reason == "too_many_cells":
        return text + (b"\t" if b"\t" in text else b",") + b'"surplus"\n'
    if reason == "too_few_cells":
        return (b"\t" if b"\t" in text else b",").join(_cells(text)[:2]) + b"\n"
    if reason == "malformed_json":
        return text[: len(text) // 2] + b"\n"
    return line


def _cells(line: bytes) -> list[bytes]:
    return line.split(b"\t" if b"\t" in line else b",")


def stretches(length: int, bad: list[BadRow]) -> Iterator[tuple[int, int, BadRow | None]]:
    """The good stretches between planted rows: (first, length, bad row that follows)."""
    first = 0
    for row in bad:
        yield first, row.place - first, row
        first = row.place
    yield first, length - first, None
