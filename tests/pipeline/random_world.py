"""The records of two small channels, and ways to deliver them that hypothesis draws.

Where an entity has ``updated_at`` its records come in versions that differ in it; of the others
each record has one. So whatever the order, there is one right answer.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dagster_project.settings import Home
from tests.pipeline.support import deliver, published

START = datetime(2026, 1, 5, 9)
STATUSES = ["completed", "completed", "completed", "paid", "created", "cancelled", "refunded"]
PEOPLE = "abcdefgh"
# A channel and entity, and a row of it.
Record = tuple[str, dict[str, object]]


def _some(entity: str, rows: Iterable[dict[str, object]], channel: str = "mixed") -> list[Record]:
    return [(f"{channel}/{entity}", row) for row in rows]


def _orders(rng: random.Random, when) -> list[Record]:
    """Orders in up to three versions: another buyer, another status, another amount."""
    orders, lines = [], []
    for number in range(45):
        made, buyer = when(), rng.choice(PEOPLE)
        for version in range(rng.choice([1, 1, 2, 3])):
            changed = made + timedelta(hours=1 + 30 * version)
            orders.append(
                {"order_id": f"m{number}", "customer_id": rng.choice([buyer, buyer, "a"]),
                 "ordered_at": made, "status": rng.choice(STATUSES),
                 "net_paid_amount": rng.choice([0, 19.99, 100, 33.33, 2500]),
                 "campaign_id": rng.choice(["", "c1", "c2"]), "updated_at": changed}
            )  # fmt: skip
            lines += [
                {"order_id": f"m{number}", "line_no": line, "product_id": f"p{rng.randrange(12)}",
                 "quantity": line, "line_amount": rng.choice([10, 3.33, 0]), "updated_at": changed}
                for line in (1, 2) if number % 3
            ]  # fmt: skip
    return _some("orders", orders) + _some("order_lines", lines)


def _facts(rng: random.Random, when) -> list[Record]:
    """Records without versions, some of orders and members nobody delivers."""
    people = [*PEOPLE, "x"]
    return [
        *_some("refunds", (
            {"refund_id": f"r{n}", "order_id": f"m{rng.randrange(50)}",
             "customer_id": rng.choice(people), "refunded_at": when(),
             "amount": rng.choice([1, 10, 7.77]), "line_no": rng.choice(["", "1", "9"])}
            for n in range(15))),
        *_some("events", (
            {"event_id": f"e{n}", "customer_id": rng.choice(people), "event_type": "view",
             "occurred_at": when(), "product_id": f"p{n % 12}"} for n in range(40))),
        *_some("touches", (
            {"touch_id": f"t{n}", "campaign_id": "c1", "customer_id": rng.choice(people),
             "contact_channel": "sms", "sent_at": sent, "opened_at": sent + timedelta(hours=2)}
            for n in range(30) for sent in [when()])),
        *_some("points_entries", (
            {"entry_id": f"l{n}", "customer_id": rng.choice(people), "occurred_at": when(),
             "entry_type": "earn", "points": rng.choice([5, 80])} for n in range(40))),
        *_some("surveys", (
            {"response_id": f"s{n}", "customer_id": rng.choice(people), "survey_type": "nps",
             "score": n, "answered_at": when()} for n in range(10))),
        *_some("campaigns", [{"campaign_id": "c1", "name": "spring", "starts_at": START}]),
    ]  # fmt: skip


def _people(rng: random.Random) -> list[Record]:
    """Customers whose city changes; the desk joins some of them, a decision parts two again."""
    customers = [
        {"customer_id": one, "phone": f"1391111{number:04d}", "city": f"city {version}",
         "registered_at": START, "updated_at": START + timedelta(days=9 * version + number)}
        for number, one in enumerate(PEOPLE) for version in range(rng.choice([1, 2, 3]))
    ]  # fmt: skip
    desk = [
        {"customer_id": f"d{number}", "phone": f"1391111{number:04d}", "registered_at": START}
        for number in range(4)
    ]
    decision = {
        "override_id": "1", "action": "never_link", "left_channel": "mixed",
        "left_customer_id": "b", "right_channel": "desk", "right_customer_id": "d1",
        "reason": "family", "decided_at": START + timedelta(days=40),
    }  # fmt: skip
    return [
        *_some("customers", customers),
        *_some("customers", desk, "desk"),
        *_some("identity_overrides", [decision], "desk"),
    ]


def mixed_records() -> list[Record]:
    """Everything two small channels deliver, over twelve weeks."""
    rng = random.Random(7)

    def when() -> datetime:
        return START + timedelta(minutes=rng.randrange(84 * 1440))

    products = [
        {"product_id": f"p{n}", "unit_cost": rng.randrange(9), "category": rng.choice("xy"),
         "updated_at": START + timedelta(days=20 * version)}
        for n in range(12) for version in range(2)
    ]  # fmt: skip
    return [*_people(rng), *_orders(rng, when), *_facts(rng, when), *_some("products", products)]


@dataclass(frozen=True)
class Delivery:
    """Files in the order of their runs: (run, number of the file, places of its records)."""

    runs: int
    files: tuple[tuple[int, int, tuple[int, ...]], ...]


@st.composite
def deliveries(draw: st.DrawFn, runs: int, records: int) -> Delivery:
    """Every record at least once, in any run and file; some again, in others too."""
    rng = random.Random(draw(st.integers(1, 1 << 32)))
    parts, again = draw(st.integers(2, 3)), draw(st.floats(0.1, 0.4))
    places = [*range(records), *(one for one in range(records) if rng.random() < again)]
    rng.shuffle(places)
    files: dict[tuple[int, int], list[int]] = {}
    for place in places:
        listed = files.setdefault((rng.randrange(runs), rng.randrange(parts)), [])
        if place not in listed:
            listed.append(place)
    return Delivery(runs, tuple((*at, tuple(listed)) for at, listed in sorted(files.items())))


def drawn(runs: int, records: int) -> Delivery:
    """The delivery hypothesis comes up with, always the same."""
    found: list[Delivery] = []

    @settings(max_examples=1, derandomize=True, database=None, phases=[Phase.generate])
    @given(deliveries(runs, records))
    def keep(delivery: Delivery) -> None:
        found.append(delivery)

    keep()
    return found[0]


def delivered(
    home: Home,
    records: list[Record],
    delivery: Delivery,
    between: Callable[[], None] = lambda: None,
) -> Home:
    """A home after all runs of a delivery; ``between`` them something may happen."""
    for run in range(delivery.runs):
        if run:
            between()
        for when, number, places in delivery.files:
            if when == run:
                files: dict[str, list[dict[str, object]]] = {}
                for place in places:
                    files.setdefault(records[place][0], []).append(records[place][1])
                for name, rows in files.items():
                    deliver(home, f"{name}_{run}_{number}", rows)
        published(home)
    return home
