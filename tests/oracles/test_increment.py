"""Core built day by day, with merges, late refunds and corrections, against core built at once."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.oracles.warehouse import Scratch

DAYS = [date(2026, 3, day) for day in (5, 12, 19)]
STATUSES = ["completed", "completed", "completed", "paid", "created", "cancelled", "refunded"]
FACTS = ["fct_order", "fct_order_line", "fct_refund", "fct_event", "fct_touch", "fct_points_entry",
         "dim_member", "dim_product", "member_identity", "dim_date"]  # fmt: skip


def _moment(rng: random.Random, until: date) -> datetime:
    return datetime.combine(until, datetime.min.time()) + timedelta(
        seconds=rng.randrange(-20 * 86_400, 6 * 86_400)
    )


def _delivery(rng: random.Random, until: date) -> dict[str, list[dict]]:
    """Records of a few days, some of them later than the day itself, some known before.

    Much at first and little later, so that most members are only touched by what is missed easily.
    """
    size, customers = (50, "abcdefgh") if until == DAYS[0] else (3, "efgh")
    stamp = datetime.combine(until, datetime.min.time())
    orders = [
        {
            "order_id": str(rng.randrange(size * 3)), "customer_id": rng.choice(customers) + "1",
            "ordered_at": _moment(rng, until), "status": rng.choice(STATUSES),
            "net_paid_amount": rng.choice([0, 19.99, 100, 33.33, 250_000]),
            "updated_at": stamp, "campaign_id": rng.choice([None, "c1", "c2"]),
        }
        for _ in range(size)
    ]  # fmt: skip
    unique = {row["order_id"]: row for row in orders}
    return {
        "orders": list(unique.values()),
        "order_lines": [
            {"order_id": key, "line_no": str(n), "product_id": f"p{rng.randrange(200)}",
             "quantity": n, "line_amount": rng.choice([10, 3.33, 0]), "updated_at": stamp}
            for key in unique if rng.random() < 0.7 for n in (1, 2, 3)
        ],
        "refunds": [
            {"refund_id": str(rng.randrange(40)), "order_id": str(rng.randrange(60)),
             "customer_id": rng.choice(customers) + "1", "refunded_at": _moment(rng, until),
             "amount": rng.choice([1, 10, 7.77]), "line_no": rng.choice([None, "1", "9"])}
            for _ in range(size // 3)
        ],
        "products": [
            {"product_id": f"p{rng.randrange(200)}", "unit_cost": rng.randrange(9),
             "category": rng.choice("xy"), "updated_at": stamp}
        ],
        "events": [
            {"event_id": str(rng.randrange(40)), "customer_id": rng.choice(customers) + "1",
             "event_type": "view", "occurred_at": _moment(rng, until), "product_id": "p1"}
            for _ in range(size)
        ],
        "touches": [
            {"touch_id": str(rng.randrange(40)), "campaign_id": "c1", "customer_id": "a1",
             "contact_channel": "sms", "sent_at": _moment(rng, until),
             "opened_at": _moment(rng, until)}
            for _ in range(size)
        ],
        "campaigns": [{"campaign_id": "c1", "name": "n", "starts_at": stamp}]
        if until == DAYS[0]
        else [],
        "points_entries": [
            {"entry_id": str(rng.randrange(40)), "customer_id": rng.choice(customers) + "1",
             "occurred_at": _moment(rng, until), "entry_type": "earn", "points": 5}
            for _ in range(size)
        ],
    }  # fmt: skip


def _members(step: int):
    """Who is one member changes from day to day: merges, and a split at the end."""
    groups = ["abcdefgh", "aacdefgh", "bacceegh"][step]
    return lambda key: "m-" + groups["abcdefgh".index(key.split(":")[1][0])]


@pytest.mark.slow
def test_day_by_day_equals_at_once(tmp_path: Path):
    rng = random.Random(7)
    deliveries = [_delivery(rng, day) for day in DAYS]
    daily, bulk = Scratch(tmp_path / "daily"), Scratch(tmp_path / "bulk")
    for step, (day, delivery) in enumerate(zip(DAYS, deliveries, strict=True)):
        for entity, rows in delivery.items():
            daily.deliver(entity, rows)
            bulk.deliver(entity, rows)
        daily.refresh(day, _members(step))
        # a delivery holds times up to six days after its day: it is late once, then closed
        daily.next_run(late=1)
        bulk.next_run(late=len(DAYS))
    bulk.refresh(DAYS[-1], _members(len(DAYS) - 1))
    for fact in FACTS:
        query = f"select * from core.{fact} order by all"
        assert daily.query(query) == bulk.query(query), fact
    assert len(daily.query("select * from core.fct_order where order_number > 2")) > 0
