"""The same records in any order, split, repeated and overlapping as may be: the same marts.

One delivery of everything at once is the reference; hypothesis draws the other, of two runs; a
poisoned file among the first is withdrawn between them. Some of the records restate the past by
themselves: a product's cost that changes, a late refund, an earlier order of a member known by
another record until then.
"""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.settings import Home
from tests.pipeline.random_world import Delivery, delivered, drawn, mixed_records
from tests.pipeline.support import deliver, digests, rows

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_data_tests")]


def order(number: int, customer: str, day: str) -> dict[str, object]:
    return {
        "order_id": f"o{number}", "customer_id": customer, "ordered_at": f"{day} 10:00:00",
        "status": "completed", "net_paid_amount": 100, "store_id": "s1",
    }  # fmt: skip


def line(number: int, product: str) -> dict[str, object]:
    return {
        "order_id": f"o{number}", "line_no": 1, "product_id": product, "quantity": 1,
        "line_amount": 100,
    }  # fmt: skip


def product(category: str, cost: int, updated: str) -> dict[str, object]:
    return {
        "product_id": "p1", "name": "Tea", "category": category, "unit_cost": cost,
        "updated_at": updated,
    }  # fmt: skip


def person(customer: str, phone: str) -> dict[str, object]:
    return {"customer_id": customer, "phone": phone, "registered_at": "2026-01-01"}


FIRST = [
    ("shop/orders", order(1, "a", "2026-01-05")),
    ("shop/orders", order(2, "b", "2026-01-06")),
    ("shop/orders", order(3, "a", "2026-03-01")),
    ("shop/order_lines", line(1, "p1")),
    ("shop/order_lines", line(2, "p1")),
    ("shop/order_lines", line(3, "p2")),
    ("shop/products", product("tea", 40, "2026-01-01")),
    ("shop/customers", person("a", "13911112222")),
    ("shop/customers", person("b", "13933334444")),
]
LATE = [
    ("shop/products", product("gifts", 55, "2026-02-01")),
    ("shop/refunds",
     {"refund_id": "r1", "order_id": "o2", "refunded_at": "2026-02-15", "amount": 30}),
    ("till/customers", person("t", "13911112222")),
    ("till/orders", order(9, "t", "2026-01-02")),
]  # fmt: skip
RECORDS = [*FIRST, *LATE, *mixed_records()]
LATE_PLACES = range(len(FIRST), len(FIRST) + len(LATE))
PEOPLE_PLACES = tuple(
    place for place, (name, _) in enumerate(RECORDS)
    if name.endswith("/customers") and place not in LATE_PLACES
)  # fmt: skip


def told_late(delivery: Delivery, run: int) -> Delivery:
    """The same, but what restates the past comes in one run only.

    A member keeps the id it was first known by: who is one with whom is told in the first run, too.
    """
    kept = [
        (when, number, tuple(place for place in places if place not in LATE_PLACES))
        for when, number, places in delivery.files
    ]
    return Delivery(
        delivery.runs, tuple(sorted([*kept, (0, 8, PEOPLE_PLACES), (run, 9, tuple(LATE_PLACES))]))
    )


@pytest.fixture(scope="module")
def at_once(tmp_path_factory) -> Home:
    home = Home(tmp_path_factory.mktemp("once") / "home")
    return delivered(home, RECORDS, Delivery(1, ((0, 0, tuple(range(len(RECORDS)))),)))


DRAWN = told_late(drawn(2, len(RECORDS)), 1)


def test_marts_of_several_runs_are_those_of_one(at_once: Home, tmp_path):
    """A poisoned file is among the first: an order in fen, and one of somebody nobody knows."""
    home, poison = Home(tmp_path / "home"), "shop/orders_poison"
    wrong = order(2, "b", "2026-01-06") | {"net_paid_amount": 10_000, "updated_at": "2026-02-20"}
    deliver(home, poison, [wrong, wrong | {"order_id": "o10", "customer_id": "z"}])
    amounts = "select net_paid_amount from core.fct_order where channel = 'shop' and "
    query = f"{amounts} order_id in ('o2', 'o10')"

    def withdraw() -> None:
        assert rows(home, query) == [(10_000,), (10_000,)]
        batches = json.loads(command(home, "batch", "list", "--json"))
        [batch] = [one["batch_id"] for one in batches if one["file"] == f"{poison}.csv"]
        command(home, "batch", "withdraw", batch, "--reason", "amounts in fen")

    delivered(home, RECORDS, DRAWN, between=withdraw)
    assert rows(home, query) == [(100,)]
    found, expected = digests(home), digests(at_once)
    assert [table for table in expected if found.get(table) != expected[table]] == []
    assert set(found) == set(expected)


def command(home: Home, *words: str) -> str:
    done = CliRunner().invoke(app, ["--home", str(home.root), *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_past_is_as_the_records_say(at_once: Home):
    query = "select distinct category from core.fct_order_line where product_key = 'shop:p1'"
    assert rows(at_once, query) == [("gifts",)]
    orders = "from core.fct_order where channel in ('shop', 'till')"
    assert rows(at_once, f"select order_id, refund_amount {orders} and refund_amount <> 0") == [
        ("o2", 30)
    ]
    assert rows(at_once, f"select order_id {orders} and order_number = 1 order by 1") == [
        ("o2",), ("o9",)
    ]  # fmt: skip


def test_the_deliveries_are_worth_it(at_once: Home):
    """Versions, overlaps, members of several records, one parted by a decision, later orders."""
    places = [place for *_, listed in DRAWN.files for place in listed]
    assert set(places) == set(range(len(RECORDS)))
    assert len(places) > 1.05 * len(RECORDS)
    assert len(DRAWN.files) >= 2 * DRAWN.runs
    members = dict(
        rows(at_once, "select channel || customer_id, member_id from core.member_identity")
    )
    assert members["mixeda"] == members["deskd0"]
    assert members["mixedb"] != members["deskd1"]
    for table in (
        "core.fct_order where order_number > 2",
        "core.fct_refund",
        "marts.member_rfm",
        "marts.points_balance",
        "marts.member_tier_history",
        "marts.attribution",
    ):
        assert rows(at_once, f"select count(*) from {table}")[0][0] > 0, table
