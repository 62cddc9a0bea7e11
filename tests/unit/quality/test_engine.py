"""Great Expectations on DuckDB: its verdicts are those of plain SQL, and nothing is left open."""

from __future__ import annotations

import math
import os
import random
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from dagster_project.quality.engine import Expectation, Outcome, open_session
from dagster_project.settings import PROJECT_ROOT

LAY = """
create schema if not exists checked;
create or replace table checked.things as
select
    i as id,
    i % 7 as kind,
    case when i % 5 = 0 then null else 'w' || (i % 3) end as word,
    cast(i * 1.25 as decimal(18, 2)) as amount,
    case when i = 13 then 'nan'::double when i = 14 then 'inf'::double else i / 10 end as rate,
    i * 2 as twice,
    timestamp '2026-01-01 00:00:00' + i * interval 1 hour as seen_at,
    date '2026-01-01' + cast(i as integer) as day,
    'a' || i || '@b' as mail,
    cast(null as varchar) as nothing,
    i % 2 = 0 as is_even
from range(100) as r(i)
"""

# type, arguments, and SQL over things that says whether the expectation holds.
CASES = [
    ("expect_table_row_count_to_equal", {"value": 100}, "count(*) = 100"),
    ("expect_table_row_count_to_be_between", {"min_value": 101}, "count(*) >= 101"),
    ("expect_table_row_count_to_be_between", {"max_value": 100}, "count(*) <= 100"),
    ("expect_table_column_count_to_equal", {"value": 11}, "true"),
    ("expect_column_to_exist", {"column": "word"}, "true"),
    ("expect_column_values_to_not_be_null", {"column": "word"}, "count(word) = count(*)"),
    (
        "expect_column_values_to_not_be_null",
        {"column": "word", "mostly": 0.8},
        "count(word) >= count(*) * 0.8",
    ),
    ("expect_column_values_to_be_null", {"column": "nothing"}, "count(nothing) = 0"),
    ("expect_column_values_to_be_unique", {"column": "id"}, "count(distinct id) = count(id)"),
    ("expect_column_values_to_be_unique", {"column": "kind"}, "count(distinct kind) = count(kind)"),
    (
        "expect_column_values_to_be_in_set",
        {"column": "word", "value_set": ["w0", "w1"]},
        "count(*) filter (where word not in ('w0', 'w1')) = 0",
    ),
    (
        "expect_column_values_to_not_be_in_set",
        {"column": "word", "value_set": ["w9"]},
        "count(*) filter (where word in ('w9')) = 0",
    ),
    (
        "expect_column_distinct_values_to_be_in_set",
        {"column": "kind", "value_set": [0, 1, 2, 3, 4, 5, 6]},
        "max(kind) <= 6 and min(kind) >= 0",
    ),
    (
        "expect_column_distinct_values_to_contain_set",
        {"column": "kind", "value_set": [0, 9]},
        "count(*) filter (where kind = 9) > 0",
    ),
    (
        "expect_column_values_to_be_between",
        {"column": "amount", "min_value": 0, "max_value": 100},
        "min(amount) >= 0 and max(amount) <= 100",
    ),
    (
        "expect_column_values_to_be_between",
        {"column": "kind", "min_value": 0, "max_value": 6},
        "min(kind) >= 0 and max(kind) <= 6",
    ),
    (
        "expect_column_max_to_be_between",
        {"column": "seen_at", "max_value": datetime(2026, 1, 3)},
        "max(seen_at) <= timestamp '2026-01-03'",
    ),
    ("expect_column_min_to_be_between", {"column": "id", "min_value": 0}, "min(id) >= 0"),
    (
        "expect_column_mean_to_be_between",
        {"column": "id", "min_value": 49, "max_value": 50},
        "avg(id) between 49 and 50",
    ),
    (
        "expect_column_median_to_be_between",
        {"column": "amount", "max_value": 61},
        "median(amount) <= 61",
    ),
    (
        "expect_column_sum_to_be_between",
        {"column": "kind", "max_value": 295},
        "sum(kind) <= 295",
    ),
    (
        "expect_column_stdev_to_be_between",
        {"column": "id", "min_value": 29, "max_value": 29.1},
        "stddev_samp(id) between 29 and 29.1",
    ),
    (
        "expect_column_unique_value_count_to_be_between",
        {"column": "kind", "max_value": 6},
        "count(distinct kind) <= 6",
    ),
    (
        "expect_column_proportion_of_unique_values_to_be_between",
        {"column": "kind", "max_value": 0.07},
        "count(distinct kind) / count(kind) <= 0.07",
    ),
    (
        "expect_column_proportion_of_non_null_values_to_be_between",
        {"column": "word", "min_value": 0.81},
        "count(word) / count(*) >= 0.81",
    ),
    (
        "expect_column_value_lengths_to_equal",
        {"column": "word", "value": 2},
        "count(*) filter (where length(word) <> 2) = 0",
    ),
    (
        "expect_column_value_lengths_to_be_between",
        {"column": "mail", "max_value": 4},
        "max(length(mail)) <= 4",
    ),
    (
        "expect_column_values_to_match_regex",
        {"column": "mail", "regex": "^a[0-9]+@b$"},
        "bool_and(regexp_matches(mail, '^a[0-9]+@b$'))",
    ),
    (
        "expect_column_values_to_not_match_regex",
        {"column": "mail", "regex": "7@"},
        "not bool_or(regexp_matches(mail, '7@'))",
    ),
    (
        "expect_column_values_to_match_like_pattern",
        {"column": "mail", "like_pattern": "a%@b"},
        "bool_and(mail like 'a%@b')",
    ),
    (
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "twice", "column_B": "id"},
        "bool_and(twice > id)",
    ),
    (
        "expect_column_pair_values_to_be_equal",
        {"column_A": "id", "column_B": "id"},
        "true",
    ),
    (
        "expect_compound_columns_to_be_unique",
        {"column_list": ["kind", "word"]},
        "count(distinct (kind, word)) = count(*)",
    ),
    (
        "expect_select_column_values_to_be_unique_within_record",
        {"column_list": ["id", "twice"]},
        "bool_and(id <> twice)",
    ),
    (
        "expect_column_quantile_values_to_be_between",
        {
            "column": "id",
            "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[45, 55]]},
        },
        "quantile_disc(id, 0.5) between 45 and 55",
    ),
    (
        "expect_query_to_return_no_rows",
        {"unexpected_rows_query": "select * from checked.things where id > 99"},
        "max(id) <= 99",
    ),
    (
        "expect_query_to_return_no_rows",
        {"unexpected_rows_query": "select * from checked.things where kind = 6"},
        "count(*) filter (where kind = 6) = 0",
    ),
    (
        "expect_query_value_to_be_between",
        {"query": "select sum(amount) from checked.things", "max_value": 6187.5},
        "sum(amount) <= 6187.5",
    ),
]


@pytest.fixture(scope="module")
def verdicts() -> list[tuple[str, bool | None, bool]]:
    """What the engine says and what plain SQL says, case by case."""
    asked = [Expectation(str(n), kind, kwargs) for n, (kind, kwargs, _) in enumerate(CASES)]
    with open_session() as session:
        session.connection.execute(LAY)
        outcomes = session.evaluate("things", asked)
        truths = [session.rows(f"select {sql} from checked.things")[0][0] for *_, sql in CASES]
    return [
        (kind, outcomes[str(n)].success, bool(truth))
        for n, ((kind, *_), truth) in enumerate(zip(CASES, truths, strict=True))
    ]


def test_verdicts_are_those_of_plain_sql(verdicts):
    assert len({kind for kind, _, _ in verdicts}) >= 20
    assert [v for v in verdicts if v[1] is not v[2]] == []
    assert {truth for _, _, truth in verdicts} == {True, False}


def evaluate(*asked: Expectation) -> dict[str, Outcome]:
    with open_session() as session:
        session.connection.execute(LAY)
        return session.evaluate("things", asked)


def value(name: str, query: str, **bounds: float) -> Expectation:
    return Expectation(name, "expect_query_value_to_be_between", {"query": query, **bounds})


@pytest.mark.parametrize(
    "query",
    [
        "select cast('nan' as double)",
        "select cast('inf' as double)",
        "select cast(null as double)",
        "select 1 where false",
        "select 1 union all select 1",
        "select 1 as a, 1 as b",
        "select true",
        "select 'x'",
    ],
)
def test_what_is_no_number_fails(query):
    assert evaluate(value("a", query))["a"] == Outcome(False, "no number")


def test_one_broken_expectation_costs_no_other():
    outcomes = evaluate(
        Expectation("good", "expect_column_values_to_not_be_null", {"column": "id"}),
        Expectation("no column", "expect_column_values_to_not_be_null", {"column": "gone"}),
        Expectation("no type", "expect_the_moon", {"column": "id"}),
        Expectation("no argument", "expect_column_values_to_be_in_set", {}),
        value("no sql", "select gone from checked.things"),
        value("a cast", "select max(cast(mail as integer)) from checked.things"),
    )
    assert outcomes.pop("good").success is True
    assert {outcome.success for outcome in outcomes.values()} == {None}
    assert "gone" in outcomes["no column"].observed
    assert "@b" not in outcomes["a cast"].observed


def test_missing_relation_is_not_evaluated():
    with open_session() as session:
        outcome = session.evaluate("nowhere", [value("a", "select 1")])["a"]
    assert outcome.success is None


def test_observed_tells_counts_and_no_value():
    outcomes = evaluate(
        Expectation("set", "expect_column_values_to_be_in_set",
                    {"column": "mail", "value_set": ["a1@b"]}),
        Expectation("null", "expect_column_values_to_not_be_null", {"column": "word"}),
        Expectation("max", "expect_column_max_to_be_between", {"column": "id", "max_value": 1}),
        Expectation("share", "expect_column_proportion_of_non_null_values_to_be_between",
                    {"column": "word", "min_value": 1}),
    )  # fmt: skip
    told = {name: outcome.observed for name, outcome in outcomes.items()}
    assert told == {
        "set": "99 of 100 rows",
        "null": "20 of 100 rows",
        "max": "-",
        "share": "0.8",
    }


def test_number_is_none_for_what_is_none():
    with open_session() as session:
        asked = [
            "select 1.5",
            "select null",
            "select 1 where false",
            "select cast('nan' as double)",
        ]
        assert [session.number(query) for query in asked] == [1.5, None, None, None]


def test_random_tables_against_brute_force():
    chance = random.Random(7)
    for _ in range(3):
        cells = [chance.choice([None, -1, 0, 0.5, 1, 2, math.nan]) for _ in range(40)]
        given = [c for c in cells if c is not None]
        with open_session() as session:
            session.connection.execute("create schema checked")
            session.connection.execute("create table checked.t (x double)")
            session.connection.executemany("insert into checked.t values (?)", [[c] for c in cells])
            outcome = session.evaluate(
                "t",
                [
                    Expectation("between", "expect_column_values_to_be_between",
                                {"column": "x", "min_value": 0, "max_value": 1}),
                    Expectation("null", "expect_column_values_to_not_be_null",
                                {"column": "x", "mostly": 0.9}),
                ],
            )  # fmt: skip
        assert outcome["between"].success is all(0 <= c <= 1 for c in given)
        assert outcome["null"].success is (len(given) / len(cells) >= 0.9)


def test_the_file_is_closed_after_a_session(tmp_path: Path):
    path = tmp_path / "work.duckdb"
    duckdb.connect(str(path)).close()
    with pytest.raises(RuntimeError), open_session() as session:
        session.connection.execute("create schema checked")
        session.connection.execute(f"attach '{path}' as warehouse (read_only)")
        session.connection.execute("create view checked.a as select 1 as x")
        session.evaluate("a", [value("a", "select 1")])
        raise RuntimeError
    # a second configuration of an open file would be refused, and so would the write
    with duckdb.connect(str(path), config={"threads": "1"}) as con:
        con.execute("create table t (x integer)")


def test_nothing_is_written_and_nobody_called(tmp_path):
    """In a fresh process: no file below the working, home or temporary folder, no connection."""
    program = (
        "import socket\n"
        "socket.socket.connect = lambda *a: (_ for _ in ()).throw(SystemExit('network'))\n"
        "from dagster_project.quality.engine import Expectation, open_session\n"
        "with open_session() as session:\n"
        "    session.connection.execute('create schema checked')\n"
        "    session.connection.execute('create view checked.a as select 1 as x')\n"
        "    asked = Expectation('a', 'expect_column_to_exist', {'column': 'x'})\n"
        "    assert session.evaluate('a', [asked])['a'].success\n"
    )
    folders = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, **folders, "PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout + done.stderr == ""
    assert list(tmp_path.rglob("*")) == []
