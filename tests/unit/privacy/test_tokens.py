"""Tokens against Python's own hmac, normal forms against unicodedata and phonenumbers."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

import duckdb
import phonenumbers
import pyarrow as pa
import pytest

from dagster_project.ingest.cell_sql import install_cell_macros
from dagster_project.privacy.keys import Keys
from dagster_project.privacy.phones import create_other_phones
from dagster_project.privacy.sql import install_privacy_macros

KEYS = Keys(bytes(range(32)))


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as connection:
        install_cell_macros(connection, "Asia/Shanghai")
        install_privacy_macros(connection, KEYS)
        yield connection


def read(con, macro: str, cell: str | None):
    folded = "mw_null(mw_trim(mw_fold_all(?::varchar)))"
    return con.execute(f"select {macro} from (select {folded} as c)", [cell]).fetchall()[0][0]


def expected_token(kind: str, value: str) -> str:
    return hmac.new(KEYS.token_key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()[:32]


@pytest.mark.parametrize(
    "value", ["13800138000", "张三", "o'Brien; --", "x" * 500, "😀", "a:b", "\\x00"]
)
def test_token_is_hmac_sha256(con, value):
    token = con.execute("select mw_token('name', ?)", [value]).fetchall()[0][0]
    assert token == expected_token("name", value)
    assert KEYS.token("name", value) == expected_token("name", value)


def test_no_value_no_token(con):
    assert con.execute("select mw_token('name', null)").fetchall() == [(None,)]


def test_kinds_and_keys_part_tokens():
    assert KEYS.token("phone", "1") != KEYS.token("card_no", "1")
    assert KEYS.token("phone", "1") != Keys(b"x" * 32).token("phone", "1")
    assert KEYS.token_key != KEYS.key_encryption_key
    assert str(KEYS.master) not in repr(KEYS)


PHONES = [
    "13800138000", "+8613800138000", "8613800138000", "008613800138000", "+86 138-0013-8000",
    "138 0013 8000", "１３８００１３８０００", "(138)00138000", "13800138000.0", "17400012345",
    "15412345678", "11111111111", "12345678901", "1380013800", "138001380000", "021-62345678",
    "+86 21 6234 5678", "+44 20 7946 0958", "+1 650-253-0000", "00442079460958", "95588",
    "1.38E+10", "no phone", "+", "0", "19912345678", "16612345678", "14912345678", "17012345678",
]  # fmt: skip


@pytest.mark.parametrize("text", PHONES)
def test_phones_against_phonenumbers(con, text):
    """The fast path says what phonenumbers says of the folded text."""
    cell = read(con, "c", text)
    con.register("phone_cells", pa.table({"phone": [cell]}))
    create_other_phones(con, "phone_cells", ["phone"])
    [(found,)] = con.execute(
        "select coalesce(mw_plain_mobile(mw_phone_compact(phone)), e164) from phone_cells "
        "left join other_phones on written = phone"
    ).fetchall()
    plain = re.sub(r"\.0$", "", unicodedata.normalize("NFKC", text))
    try:
        number = phonenumbers.parse(plain, "CN")
        valid = phonenumbers.is_valid_number(number)
    except phonenumbers.NumberParseException:
        valid = False
    form = phonenumbers.PhoneNumberFormat.E164
    assert found == (phonenumbers.format_number(number, form) if valid else None)


def test_every_mobile_prefix_against_phonenumbers(con):
    numbers = [f"1{prefix:03d}0123456" for prefix in range(1000)]
    con.register("mobiles", pa.table({"n": numbers}))
    plain = con.execute("select n from mobiles where mw_plain_mobile(n) is not null").fetchall()
    expected = {
        one for one in numbers
        if phonenumbers.is_valid_number(number := phonenumbers.parse(one, "CN"))
        and phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    }  # fmt: skip
    assert {one for (one,) in plain} <= expected
    # numbers that the fast path leaves to phonenumbers cost time only
    assert len(plain) > 0.95 * len(expected)


@pytest.mark.parametrize(
    ("text", "email", "match", "status"),
    [
        ("Li.Na@Example.COM", "li.na@example.com", "li.na@example.com", "valid"),
        ("li+shop@example.com", "li+shop@example.com", "li@example.com", "valid"),
        ("L.i.Na+x@GMail.com", "l.i.na+x@gmail.com", "lina@gmail.com", "valid"),
        ("li.na@googlemail.com", "li.na@googlemail.com", "lina@gmail.com", "valid"),
        ("ｌｉ＠ｅｘａｍｐｌｅ．ｃｏｍ", "li@example.com", "li@example.com", "valid"),
        ("l***@qq.com", None, None, "masked"),
        ("li@localhost", None, None, "invalid"),
        ("li na@example.com", None, None, "invalid"),
        ("a@b@example.com", None, None, "invalid"),
        ("none", None, None, "invalid"),
        ("", None, None, None),
    ],
)
def test_emails(con, text, email, match, status):
    assert read(con, "mw_email(c)", text) == email
    assert read(con, "mw_email_match(mw_email(c))", text) == match
    assert read(con, "mw_email_status(c)", text) == status


@pytest.mark.parametrize(
    ("left", "right"),
    [("张 三", "张三"), ("LI  Na", "li na"), ("Ｌi Na", "li na"), ("欧阳　娜娜", "欧阳娜娜")],
)
def test_names_of_one_spelling(con, left, right):
    assert read(con, "mw_person_name(c)", left) == right


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("135****1234", "135****1234"),
        ("+86135****1234", "135****1234"),
        ("138****123", None),
        ("****", None),
    ],
)
def test_masked_mobiles(con, text, masked):
    assert read(con, "mw_masked_mobile(mw_phone_compact(c))", text) == masked


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("17850", True),
        ("a_B-9", True),
        ("9007199254740993", True),
        ("x" * 64, True),
        ("x" * 65, False),
        ("12345678901", True),
        ("13800138000", False),
        ("8613800138000", False),
        ("86-13800138000", False),
        ("138-0013-8000", False),
        ("+8613800138000", False),
        ("li@example.com", False),
        ("张三", False),
        ("a b", False),
    ],
)
def test_customer_reference(con, text, kept):
    expected = text if kept else f"t_{expected_token('customer_id', text)}"
    assert read(con, "mw_reference('customer_id', c)", text) == expected
