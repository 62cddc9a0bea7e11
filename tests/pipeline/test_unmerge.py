"""A merge by hand and its undoing: orders, RFM, points and tiers of both members come back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from dagster_project.identity import resolve_identity, write_register
from dagster_project.privacy import Keys
from tests.oracles.warehouse import CONFORM, Layer, Scratch

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_data_tests")]

AS_OF = date(2026, 3, 31)
ONE, OTHER = "shop:3", "shop:7"
TABLES = (
    "core.fct_order", "core.fct_points_entry", "core.dim_member",
    "marts.member_rfm", "marts.points_balance", "marts.member_tier_history",
)  # fmt: skip
MEMBERS = Layer(
    tuple(f"+{table.split('.')[1]}" for table in TABLES),
    ("resource_type:seed", "path:models/staging", "path:models/conformed", "path:models/identity"),
)
State = dict[str, list[tuple]]


class Brand(Scratch):
    """Twenty customers who share no identifier, with orders and points of six months."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        rng, begin = random.Random(11), datetime(2025, 10, 1)
        orders, points = [], []
        for customer in range(20):
            for number in range(rng.randrange(2, 9)):
                at = begin + timedelta(hours=rng.randrange(24 * 180))
                key, amount = f"o{customer}-{number}", rng.choice([80, 450, 1300, 2600])
                who = {"customer_id": str(customer), "order_id": key}
                orders.append({**who, "ordered_at": at, "status": "completed",
                               "net_paid_amount": amount, "updated_at": at})  # fmt: skip
                points.append({**who, "entry_id": f"e{key}", "occurred_at": at, "points": amount,
                               "entry_type": "earn", "reason": "purchase"})  # fmt: skip
        self.deliver("customers", (
            {"customer_id": str(n), "registered_at": begin, "updated_at": begin,
             "phone_token": f"p{n}", "name_token": f"n{n}"} for n in range(20)
        ))  # fmt: skip
        self.deliver("orders", orders)
        self.deliver("points_entries", points)
        self.build(AS_OF, CONFORM)

    def decide(self, *actions: str) -> State:
        """A run under these decisions about the two records, and what it says of everybody."""
        with self.connect() as con:
            con.execute("delete from identity.idn_override")
            for action in actions:
                con.execute(
                    "insert into identity.idn_override values (?, ?, ?, ?, 'test', ?)",
                    [action, action, ONE, OTHER, datetime(2026, 3, 1)],
                )
        database, register = self.home.next_database, self.home.register / "identity.parquet"
        resolve_identity(database, register, Keys(b"\x07" * 32), AS_OF)
        write_register(database, register)
        self.build(AS_OF, MEMBERS)
        return {table: self.query(f"select * from {table} order by all") for table in TABLES}

    def members(self) -> dict[str, str]:
        """The member of each record."""
        return dict(self.query("select record_key, member_id from core.member_identity"))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, no_data_tests: None) -> Iterator[list]:
    """What held apart, merged and parted again, with the members of the records."""
    brand = Brand(tmp_path_factory.mktemp("unmerge") / "home")
    yield [
        (brand.decide(*actions), brand.members()) for actions in ((), ("link",), ("never_link",))
    ]


def of(state: State, table: str, member: str) -> list[tuple]:
    return [row for row in state[table] if member in row]


def test_a_link_moves_every_order_and_point(story):
    (before, apart), (merged, together), _ = story
    assert apart[ONE] != apart[OTHER]
    assert together[ONE] == together[OTHER]
    alive, dead = together[ONE], ({apart[ONE], apart[OTHER]} - {together[ONE]}).pop()
    for table in TABLES:
        assert of(before, table, apart[ONE])
        assert of(before, table, apart[OTHER])
        assert not of(merged, table, dead)
        others = [row for row in before[table] if not {alive, dead} & set(row)]
        if table != "marts.member_rfm":  # whose scores compare everybody
            assert [row for row in merged[table] if alive not in row] == others
    for table in ("core.fct_order", "core.fct_points_entry"):
        assert len(of(merged, table, alive)) == sum(
            len(of(before, table, member)) for member in (alive, dead)
        )


@pytest.mark.parametrize("table", TABLES)
def test_the_undone_merge_leaves_no_trace(story, table):
    before, _, after = story
    assert after[0][table] == before[0][table]
    assert after[1] == before[1]
