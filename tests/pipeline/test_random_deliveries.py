"""The same records in any order, split, repeated and overlapping as they may be: the same answer.

Every random case is a channel of one build, which delivers its records as the case says, over three
runs of ingest. The expected answer is computed here: of each key the version that was changed last.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dagster_project.build import dbt
from dagster_project.build.prepare import open_build, plan_build
from dagster_project.build.request import RefreshRequest
from dagster_project.ingest import ingest_landing
from dagster_project.settings import Home, settings_from_environment

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_data_tests")]

CASES = 24
START = datetime(2024, 1, 1, 8)
# Columns of a file, and its row of a key in a version.
ENTITIES: dict[str, tuple[tuple[str, ...], Callable[[int, int], tuple]]] = {
    "customers": (
        ("customer_id", "city", "updated_at"),
        lambda key, version: (f"c{key}", f"city {version}", at(version)),
    ),
    "orders": (
        ("order_id", "ordered_at", "status", "net_paid_amount", "updated_at"),
        lambda key, version: (f"o{key}", at(0), "paid", f"{version}.25", at(version)),
    ),
    "products": (
        ("product_id", "name", "updated_at"),
        lambda key, version: (f"p{key}", f"name {version}", at(version)),
    ),
}
SEEN = """
    select 'customers', channel, customer_id, city from conformed.cfm_customers
    where city is not null
    union all
    select 'orders', channel, order_id, cast(net_paid_amount as varchar) from conformed.cfm_orders
    union all
    select 'products', channel, product_id, name from conformed.cfm_products"""


def at(version: int) -> str:
    return (START + timedelta(minutes=version)).isoformat(sep=" ")


@dataclass(frozen=True)
class Case:
    """Records (entity, key, version), and the files they come in: (run 0-2, records) each."""

    records: tuple[tuple[str, int, int], ...]
    files: tuple[tuple[int, tuple[int, ...]], ...]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    record = st.tuples(st.sampled_from(sorted(ENTITIES)), st.integers(0, 2), st.integers(0, 5))
    records = draw(st.lists(record, min_size=1, max_size=10, unique=True))
    places = st.integers(0, len(records) - 1)
    some = st.lists(places, min_size=1, max_size=12).map(tuple)
    files = draw(st.lists(st.tuples(st.integers(0, 2), some), max_size=5))
    left = set(range(len(records))) - {one for _, found in files for one in found}
    if left:
        rest = draw(st.permutations(sorted(left)))
        files.insert(draw(st.integers(0, len(files))), (draw(st.integers(0, 2)), tuple(rest)))
    return Case(tuple(records), tuple(files))


def drawn() -> list[Case]:
    """The cases hypothesis comes up with; one build judges them together."""
    found: list[Case] = []

    @settings(max_examples=CASES, derandomize=True, database=None, phases=[Phase.generate])
    @given(cases())
    def keep(case: Case) -> None:
        found.append(case)

    keep()
    return found


def deliver(home: Home, channel: str, name: str, records: list[tuple[str, int, int]]) -> None:
    """One delivery: a file for each entity among the records, rows in their order."""
    for entity, (columns, row) in ENTITIES.items():
        rows = [row(key, version) for kind, key, version in records if kind == entity]
        if rows:
            path = home.landing / channel / entity / f"{name}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", newline="", encoding="utf-8") as stream:
                writer = csv.writer(stream)
                writer.writerows([columns, *rows])


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> tuple[list[Case], dict[tuple[str, str, str], str]]:
    """The cases, and what conformed holds: (entity, channel, key) to the value of its version."""
    home, found = Home(tmp_path_factory.mktemp("random") / "home"), drawn()
    now, set_up = datetime(2024, 6, 1), settings_from_environment()
    for run in range(3):
        for number, case in enumerate(found):
            for place, (when, records) in enumerate(case.files):
                if when == run:
                    listed = [case.records[one] for one in records]
                    deliver(home, f"random{number}", f"{place}", listed)
        report = ingest_landing(home, set_up, now + timedelta(hours=run))
        assert report.held == []
    request = RefreshRequest(as_of=date(2024, 5, 1))
    plan = plan_build(home, set_up, "random", now, request)
    open_build(home, plan)
    wanted = dbt.Layer(("+cfm_customers", "+cfm_orders", "+cfm_products"))
    dbt.build(home, set_up, plan, wanted)
    with duckdb.connect(str(home.next_database), read_only=True) as con:
        rows = con.execute(SEEN).fetchall()
    assert len(rows) == len({row[:3] for row in rows})
    return found, {row[:3]: row[3] for row in rows}


def test_every_delivery_of_the_same_records_gives_the_same(world):
    found, seen = world
    assert len(found) == CASES
    for number, case in enumerate(found):
        newest: dict[tuple[str, int], int] = {}
        for entity, key, version in case.records:
            newest[entity, key] = max(version, newest.get((entity, key), 0))
        expected = {
            (entity, row[0]): row[-2]
            for (entity, key), version in newest.items()
            for row in [ENTITIES[entity][1](key, version)]
        }
        channel = f"random{number}"
        got = {(kind, key): value for (kind, of, key), value in seen.items() if of == channel}
        assert got == expected, case


def test_the_cases_are_worth_it(world):
    """Versions out of order, overlaps and repeats are among them."""
    found, _ = world
    delivered = [[case.records[n] for _, ns in sorted(case.files) for n in ns] for case in found]
    assert sum(len(one) > len(set(one)) for one in delivered) > CASES / 4
    backwards = [
        any(a[:2] == b[:2] and a[2] > b[2] for a, b in zip(one, one[1:], strict=False))
        for one in delivered
    ]
    assert any(backwards)
