"""Every form of a cell the contract names, and those it does not, one by one."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest

from dagster_project.ingest.cell_sql import install_cell_macros


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as connection:
        install_cell_macros(connection, "Asia/Shanghai")
        yield connection


def read(con, macro: str, cell: str):
    folded = "mw_null(mw_trim(mw_fold_all(?::varchar)))"
    return con.execute(f"select {macro} from (select {folded} as c)", [cell]).fetchall()[0][0]


INSTANTS = [
    ("2024-01-02 03:04:05", datetime(2024, 1, 1, 19, 4, 5)),
    ("2024-01-02T03:04:05", datetime(2024, 1, 1, 19, 4, 5)),
    ("2024-01-02T03:04", datetime(2024, 1, 1, 19, 4)),
    ("2024-01-02", datetime(2024, 1, 1, 16)),
    ("2024-1-2 3:04", datetime(2024, 1, 1, 19, 4)),
    ("2024-01-02T03:04:05Z", datetime(2024, 1, 2, 3, 4, 5)),
    ("2024-01-02T03:04:05+08:00", datetime(2024, 1, 1, 19, 4, 5)),
    ("2024-01-02T03:04:05+0800", datetime(2024, 1, 1, 19, 4, 5)),
    ("2024-01-02 03:04:05 +0800", datetime(2024, 1, 1, 19, 4, 5)),
    ("2024-01-02T03:04:05-05", datetime(2024, 1, 2, 8, 4, 5)),
    ("2024-01-02T03:04:05.123456+05:45", datetime(2024, 1, 1, 21, 19, 5, 123456)),
    ("2024-02-29 23:59:59.999", datetime(2024, 2, 29, 15, 59, 59, 999000)),
    ("2024/01/02", datetime(2024, 1, 1, 16)),
    ("2024/1/2 3:04", datetime(2024, 1, 1, 19, 4)),
    ("2024/01/02 03:04:05", datetime(2024, 1, 1, 19, 4, 5)),
    ("20240102", datetime(2024, 1, 1, 16)),
    ("20240102T030405Z", datetime(2024, 1, 2, 3, 4, 5)),
    ("1704164645", datetime(2024, 1, 2, 3, 4, 5)),
    ("1704164645123", datetime(2024, 1, 2, 3, 4, 5, 123000)),
    ("２０２４－０１－０２　０３：０４：０５", datetime(2024, 1, 1, 19, 4, 5)),
    ("\u00a02024-01-02\u3000", datetime(2024, 1, 1, 16)),
    # daylight saving of Shanghai in 1988
    ("1988-07-01 00:00:00", datetime(1988, 6, 30, 15)),
    ("2024-02-30", None),
    ("2023-02-29", None),
    ("2024-13-01", None),
    ("01/02/2024", None),
    ("2024-01-02 25:00", None),
    ("0000-00-00", None),
    ("2024-01", None),
    ("20241301", None),
    ("45293", None),
    ("infinity", None),
    ("epoch", None),
    ("2024-01-02 (BC)", None),
    ("tomorrow", None),
]

NUMBERS = [
    ("1234.5", Decimal("1234.50")),
    ("1,234.50", Decimal("1234.50")),
    ("12,345,678", Decimal("12345678.00")),
    ("￥1234.5", Decimal("1234.50")),
    ("¥1,234.5", Decimal("1234.50")),
    ("$ 3", Decimal("3.00")),
    ("-¥3.20", Decimal("-3.20")),
    ("¥-3.20", Decimal("-3.20")),
    ("+7", Decimal("7.00")),
    (".5", Decimal("0.50")),
    ("5.", Decimal("5.00")),
    ("１２．５", Decimal("12.50")),
    ("\u22125", Decimal("-5.00")),
    ("1.5e3", Decimal("1500.00")),
    ("0", Decimal("0.00")),
    ("9999999999999999.99", Decimal("9999999999999999.99")),
    ("99999999999999999.99", None),
    ("12,34", None),
    ("1.234,50", None),
    ("1 234", None),
    ("NaN", None),
    ("inf", None),
    ("--5", None),
    ("12元", None),
    ("abc", None),
]

BOOLEANS = [
    *((one, True) for one in ("true", "TRUE", "1", "yes", "Y", "y", "是", "１", " True ")),
    *((one, False) for one in ("false", "0", "No", "n", "N", "否", "ｎｏ")),
    *((one, None) for one in ("2", "ja", "t", "x", "NULL", "")),
]

INTEGERS = [
    ("12", 12),
    ("-12", -12),
    ("1,200", 1200),
    ("12.0", 12),
    ("9223372036854775807", 2**63 - 1),
    ("9223372036854775808", None),
    ("12.5", None),
    ("1e3", None),
    ("0x1F", None),
]

NOTHING = ["", "   ", "NULL", "null", "N/A", "\\N", "\u3000", "Ｎ／Ａ"]


@pytest.mark.parametrize(("cell", "value"), INSTANTS)
def test_instants(con, cell, value):
    assert read(con, "mw_instant(c, false)", cell) == value


@pytest.mark.parametrize(("cell", "value"), NUMBERS)
def test_money(con, cell, value):
    assert read(con, "try_cast(mw_number(c) as decimal(18,2))", cell) == value


@pytest.mark.parametrize(("cell", "value"), BOOLEANS)
def test_booleans(con, cell, value):
    assert read(con, "mw_boolean(c)", cell) is value


@pytest.mark.parametrize(("cell", "value"), INTEGERS)
def test_integers(con, cell, value):
    assert read(con, "mw_integer(c)", cell) == value


@pytest.mark.parametrize("cell", NOTHING)
def test_words_for_nothing(con, cell):
    assert read(con, "c", cell) is None


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("45293", datetime(2024, 1, 1, 16)),
        ("45293.5", datetime(2024, 1, 2, 4)),
        ("45293.999988425925", datetime(2024, 1, 2, 15, 59, 59)),
        ("20240102", datetime(2024, 1, 1, 16)),
    ],
)
def test_excel_serials(con, cell, value):
    assert read(con, "mw_instant(c, true)", cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2024-01-02T20:00:00Z", date(2024, 1, 3)),
        ("2024-01-02", date(2024, 1, 2)),
        ("2024-01-02 23:59", date(2024, 1, 2)),
    ],
)
def test_a_day_is_the_business_day(con, cell, value):
    assert read(con, "mw_day(mw_instant(c, false))", cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("https://shop.example/p/1?tel=13800138000#top", "/p/1"),
        ("pages/item/index?id=1", "pages/item/index"),
        ("/u/13800138000/orders", "/u/*/orders"),
        ("/u/li@example.com/orders", "/u/*/orders"),
        ("//cdn.example/x", "/x"),
    ],
)
def test_pages_keep_their_path_only(con, cell, value):
    assert read(con, "mw_url_path(c)", cell) == value


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("too_late", True),
        ("太贵了", True),
        ("V12345", True),
        ("call 13800138000", False),
        ("me@example.com", False),
        ("x" * 65, False),
    ],
)
def test_codes_are_short_and_no_identifier(con, cell, kept):
    assert read(con, "mw_is_code(c)", cell) is kept


def test_text_keeps_chinese_punctuation_and_folds_letters_and_digits(con):
    sql = "select mw_trim(mw_fold_words('Ａ１，好！'))"
    assert con.execute(sql).fetchall() == [("A1，好！",)]
