"""RFM, cohorts, repurchase and historic value against brute force and published figures."""

from __future__ import annotations

import csv
import random
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import shared_data
from tests.oracles.warehouse import Scratch

pytestmark = pytest.mark.slow

AS_OF = date(2026, 6, 20)
SHARES = [0.2, 0.4, 0.6, 0.8]


def _month(day: date) -> int:
    return day.year * 12 + day.month


def _scores(values: dict[str, Decimal], reverse: bool = False) -> dict[str, int]:
    """1 + number of boundaries below the value, by numpy's linear quantiles."""
    cuts = np.quantile([float(value) for value in values.values()], SHARES)
    below = {key: int(sum(float(value) > cuts + 1e-9)) for key, value in values.items()}
    return {key: 5 - count if reverse else 1 + count for key, count in below.items()}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory):
    """120 members with few distinct amounts and days, so that values tie on the boundaries."""
    rng = random.Random(20)
    orders, returns = [], []
    for number in range(400):
        customer = f"c{int(120 * rng.random() ** 1.5)}"
        day = AS_OF - timedelta(days=rng.choice([0, 1, 5, 20, 20, 50, 90, 130, 131, 400]))
        amount = Decimal(rng.choice(["0.00", "10.00", "10.01", "25.50", "100.00"]))
        orders.append((f"o{number}", customer, day, amount))
        if rng.random() < 0.1:
            returns.append((f"r{number}", customer, day + timedelta(days=3), Decimal("5.25")))
    scratch = Scratch(tmp_path_factory.mktemp("value") / "home")
    noon = datetime.min.replace(hour=4).time()
    scratch.deliver("orders", (
        {"order_id": key, "customer_id": customer, "ordered_at": datetime.combine(day, noon),
         "status": "completed", "net_paid_amount": amount}
        for key, customer, day, amount in orders
    ))  # fmt: skip
    scratch.deliver("refunds", (
        {"refund_id": key, "customer_id": customer, "refunded_at": datetime.combine(day, noon),
         "amount": amount} for key, customer, day, amount in returns
    ))  # fmt: skip
    scratch.refresh(AS_OF)
    scratch.value(AS_OF)
    past = [entry for entry in returns if entry[2] <= AS_OF]
    return scratch, orders, past


def _days(orders) -> dict[str, list[date]]:
    found: dict[str, set[date]] = defaultdict(set)
    for _, customer, day, _ in orders:
        found[f"shop:{customer}"].add(day)
    return {member: sorted(days) for member, days in found.items()}


def _revenue(orders, returns) -> dict[str, Decimal]:
    total: dict[str, Decimal] = defaultdict(Decimal)
    for _, customer, _, amount in orders:
        total[f"shop:{customer}"] += amount
    for _, customer, _, amount in returns:
        total[f"shop:{customer}"] -= amount
    return total


def test_rfm_scores(shop):
    scratch, orders, returns = shop
    days, revenue = _days(orders), _revenue(orders, returns)
    recency = {member: Decimal((AS_OF - seen[-1]).days) for member, seen in days.items()}
    frequency = {
        member: Decimal(sum(f"shop:{order[1]}" == member for order in orders)) for member in days
    }
    r, f, m = (
        _scores(recency, reverse=True),
        _scores(frequency),
        _scores({member: revenue[member] for member in days}),
    )
    found = scratch.query(
        "select member_id, recency_days, frequency, monetary, r_score, f_score, m_score, rfm_code "
        "from marts.member_rfm"
    )
    assert {row[0]: row[1:] for row in found} == {
        key: (
            int(recency[key]), int(frequency[key]), revenue[key], r[key], f[key], m[key],
            f"{r[key]}{f[key]}{m[key]}",
        )
        for key in days
    }  # fmt: skip


def test_rfm_of_every_month(shop):
    """Each month by brute force: what was known of purchases and returns until its end."""
    scratch, orders, returns = shop
    firsts = [date(year, month, 1) for year in (2025, 2026) for month in range(1, 13)]
    expected = {}
    for end in (first - timedelta(days=1) for first in firsts if first <= AS_OF):
        known = [order for order in orders if order[2] <= end]
        if not known:
            continue
        days = _days(known)
        revenue = _revenue(known, [entry for entry in returns if entry[2] <= end])
        recency = {member: Decimal((end - seen[-1]).days) for member, seen in days.items()}
        frequency = Counter(f"shop:{order[1]}" for order in known)
        r, f, m = (
            _scores(recency, reverse=True),
            _scores({member: Decimal(frequency[member]) for member in days}),
            _scores({member: revenue[member] for member in days}),
        )
        for key in days:
            code = f"{r[key]}{f[key]}{m[key]}"
            expected[key, end] = (int(recency[key]), frequency[key], revenue[key], code)
    found = scratch.query(
        "select member_id, month_end, recency_days, frequency, monetary, rfm_code "
        "from marts.member_rfm_monthly"
    )
    assert len(expected) > 200
    assert {row[:2]: row[2:] for row in found} == expected


def test_contribution(shop):
    """Tenths of the members by brute force: the first tenth holds whoever brought most."""
    scratch, orders, returns = shop
    buyers = set(_days(orders))
    revenue = {key: amount for key, amount in _revenue(orders, returns).items() if key in buyers}
    ranked = sorted(buyers, key=lambda key: (-revenue[key], key))
    tenths: dict[int, Decimal] = defaultdict(Decimal)
    for place, key in enumerate(ranked):
        tenths[place * 10 // len(ranked) + 1] += revenue[key]
    found = scratch.query(
        "select decile, net_revenue, net_revenue_share from marts.contribution "
        "where slice_type = 'channel' and slice = 'shop'"
    )
    assert {row[0]: row[1] for row in found} == tenths
    assert sum(row[2] for row in found) == pytest.approx(1)


def test_cohorts(shop):
    scratch, orders, returns = shop
    first = {member: _month(seen[0]) for member, seen in _days(orders).items()}
    last = _month(AS_OF)
    expected = {}
    for cohort in set(first.values()):
        members = {member for member, month in first.items() if month == cohort}
        total = Decimal(0)
        for month in range(cohort, last + 1):
            bought = [o for o in orders if f"shop:{o[1]}" in members and _month(o[2]) == month]
            back = [o for o in returns if f"shop:{o[1]}" in members and _month(o[2]) == month]
            active = {customer for _, customer, _, _ in bought}
            net = sum((o[3] for o in bought), Decimal(0)) - sum((o[3] for o in back), Decimal(0))
            total += net
            rate = len(active) / len(members) if month < last else None
            expected[cohort, month - cohort] = (len(members), len(active), rate, net, total)
    found = scratch.query(
        "select cohort_month, month_number, cohort_size, active_members, retention_rate, "
        "net_revenue, cumulative_revenue_per_member from marts.cohort_retention "
        "where channel = 'all'"
    )
    assert {(_month(row[0]), row[1]): row[2:6] for row in found} == {
        key: value[:4] for key, value in expected.items()
    }
    for row in found:
        size, *_, total = expected[_month(row[0]), row[1]]
        assert abs(row[6] - total / size) <= Decimal("0.0051")


def test_repurchase(shop):
    scratch, orders, _ = shop
    expected: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for seen in _days(orders).values():
        gaps = [(day - seen[0]).days for day in seen[1:]]
        for window in (30, 60, 90, 180, 365):
            cell = expected[_month(seen[0]), window]
            if (AS_OF - seen[0]).days >= window:
                cell[0] += 1
                cell[1] += any(gap <= window for gap in gaps)
    found = scratch.query("select * from marts.repurchase")
    assert {(_month(row[0]), row[1]): [row[2], row[3]] for row in found} == expected
    assert all(row[4] == (row[3] / row[2] if row[2] else None) for row in found)


def test_historic_value(shop):
    scratch, orders, returns = shop
    days, revenue = _days(orders), _revenue(orders, returns)
    found = scratch.query(
        "select member_id, frequency, recency, age, historic_revenue from marts.member_clv"
    )
    assert {row[0]: (row[1], row[4]) for row in found} == {
        key: (len(seen) - 1, revenue[key]) for key, seen in days.items()
    }
    for key, _, recency, age, _ in found:
        assert recency * 7 == pytest.approx((days[key][-1] - days[key][0]).days)
        assert age * 7 == pytest.approx((AS_OF - days[key][0]).days)


def test_the_r_package_figures(tmp_path: Path):
    """Cuts as the package prints them: its classes begin one above the quantile."""
    with (shared_data("rfm_r") / "rfm_data_orders.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    ids = {name: f"c{n}" for n, name in enumerate(sorted({r["customer_id"] for r in rows}))}
    scratch = Scratch(tmp_path / "home")
    scratch.deliver("orders", (
        {"order_id": str(n), "customer_id": ids[row["customer_id"]],
         "ordered_at": datetime.fromisoformat(row["order_date"]), "status": "completed",
         "net_paid_amount": row["revenue"]} for n, row in enumerate(rows)
    ))  # fmt: skip
    as_of = date(2006, 12, 31)
    scratch.refresh(as_of)
    scratch.value(as_of)
    cuts = {
        dimension: [
            round(float(upper) + 1)
            for (upper,) in scratch.query(
                f"select upper from marts.rfm_boundaries where dimension = '{dimension}' "
                "and upper is not null order by upper"
            )
        ]
        for dimension in ("recency", "frequency", "monetary")
    }
    assert cuts == {
        "recency": [115, 181, 297, 482],
        "frequency": [4, 5, 6, 8],
        "monetary": [256, 382, 506, 666],
    }
    best = "select count(*) from marts.member_rfm where least(r_score, f_score, m_score) >= 4"
    assert scratch.query(best) == [(159,)]
    assert scratch.query("select count(*) from marts.member_rfm") == [(995,)]
