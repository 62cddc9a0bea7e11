"""The digest: blind to order, awake to every cell."""

import hashlib
import random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.release import digest, measure

CELLS = st.tuples(
    st.none() | st.integers(-(2**62), 2**62),
    st.none() | st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=6),
    st.none() | st.floats(allow_nan=False, width=64),
)


def table(rows, columns=("a", "b", "c"), kinds=("bigint", "varchar", "double")):
    con = duckdb.connect()
    typed = ", ".join(f'"{name}" {kind}' for name, kind in zip(columns, kinds, strict=True))
    con.execute(f"create schema core; create table core.t ({typed})")
    if rows:
        con.executemany(f"insert into core.t values ({', '.join('?' * len(columns))})", rows)
    return con


@settings(max_examples=40, deadline=None)
@given(st.lists(CELLS, max_size=8), st.randoms(use_true_random=False))
def test_order_of_rows_has_no_say(rows, shuffle):
    mixed = rows.copy()
    shuffle.shuffle(mixed)
    with table(rows) as one, table(mixed) as other:
        assert digest(one, "core.t") == digest(other, "core.t")


@settings(max_examples=60, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=6), st.data())
def test_any_changed_cell_shows(rows, data):
    row = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, 2))
    new = data.draw(CELLS)[column]
    changed = [list(cells) for cells in rows]
    changed[row][column] = new
    with table(rows) as one, table(changed) as other:
        same = rows[row][column] == new
        assert (digest(one, "core.t") == digest(other, "core.t")) == same


def test_rows_that_only_look_alike_differ():
    alike = [
        [("ab", "c")],
        [("a", "bc")],
        [("ab", None)],
        [("ab", "~")],
        [("ab", "")],
        [(None, "ab")],
        [("c", "ab")],
        [("ab", "c"), ("ab", "c")],
        [],
    ]
    found = set()
    for rows in alike:
        with table(rows, ("a", "b"), ("varchar", "varchar")) as con:
            found.add(digest(con, "core.t"))
    assert len(found) == len(alike)


def test_order_of_columns_and_threads_has_no_say():
    rows = [(i, f"v{i % 7}", i / 3) for i in range(500)]
    turned = [(c, a, b) for a, b, c in rows]
    random.Random(7).shuffle(turned)
    with table(rows) as one, table(turned, ("c", "a", "b"), ("double", "bigint", "varchar")) as two:
        two.execute("set threads = 1")
        assert digest(one, "core.t") == digest(two, "core.t")


def test_negative_zero_is_zero():
    with table([(0.0,)], ("a",), ("double",)) as one, table([(-0.0,)], ("a",), ("double",)) as two:
        assert digest(one, "core.t") == digest(two, "core.t")


def test_zone_of_the_session_has_no_say():
    with duckdb.connect() as con:
        con.execute("create schema core")
        con.execute("create table core.t as select timestamptz '2026-01-01 00:00:00+08' as at_zone")
        found = set()
        for zone in ("UTC", "Asia/Shanghai"):
            con.execute(f"set TimeZone = '{zone}'")
            found.add(digest(con, "core.t"))
    assert len(found) == 1


def test_measure_counts_and_totals():
    kinds = ("varchar", "decimal(18, 2)", "decimal(18, 4)")
    with table([("x", 1.25, 1), ("y", None, 2), ("z", 2.5, 3)], kinds=kinds) as con:
        found = measure(con, "core.t")
    assert found.rows == 3
    assert {name: float(total) for name, total in found.totals.items()} == {"b": 3.75}


def test_independent_reckoning_finds_the_same():
    """The definition, once more in Python: whatever DuckDB's version, this must not move."""
    rows = [(1, "a", 0.1), (None, "会员", 1e300), (-5, None, None)]
    texts = ["1:11:a3:0.1", "~2:会员6:1e+300", "2:-5~~"]
    hashes = [hashlib.md5(text.encode()).hexdigest() for text in texts]
    low, high = (sum(int(text[i : i + 15], 16) for text in hashes) for i in (0, 15))
    whole = "\n".join(["a", "b", "c", "3", str(low), str(high)])
    with table(rows) as con:
        assert digest(con, "core.t") == hashlib.sha256(whole.encode()).hexdigest()[:32]


def test_unknown_relation():
    with duckdb.connect() as con, pytest.raises(duckdb.CatalogException):
        digest(con, "core.nothing")
