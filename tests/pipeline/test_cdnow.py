"""The CDNOW sample through the landing contract, against an independent computation."""

from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from dagster_project.settings import Home
from tests.conftest import shared_data
from tests.pipeline.support import deliver, published, rows

pytestmark = pytest.mark.slow


def _purchases() -> list[tuple[str, str, Decimal]]:
    text = (shared_data("cdnow") / "CDNOW_sample.txt").read_text(encoding="ascii")
    cells = [line.split() for line in text.splitlines() if line.strip()]
    return [(c[1], f"{c[2][:4]}-{c[2][4:6]}-{c[2][6:]}", Decimal(c[4])) for c in cells]


@pytest.fixture(scope="module")
def purchases() -> list[tuple[str, str, Decimal]]:
    return _purchases()


@pytest.fixture(scope="module")
def home(purchases, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(Path(tmp_path_factory.mktemp("cdnow")))
    deliver(
        home,
        "cdnow/orders",
        (
            {
                "order_id": number,
                "customer_id": customer,
                "ordered_at": day,
                "status": "completed",
                "net_paid_amount": amount,
            }
            for number, (customer, day, amount) in enumerate(purchases)
        ),
    )
    return published(home)


def test_buyers_and_revenue(home: Home, purchases):
    buyers = len({customer for customer, _, _ in purchases})
    assert buyers == 2_357
    assert rows(home, "select count(*) from core.dim_member where is_buyer") == [(buyers,)]
    assert rows(home, "select sum(net_revenue) from core.fct_order where is_valid") == [
        (sum(amount for _, _, amount in purchases),)
    ]
    assert rows(home, "select sum(historic_revenue) from marts.member_clv") == [
        (sum(amount for _, _, amount in purchases),)
    ]


def test_cohorts(home: Home, purchases):
    first: dict[str, str] = {}
    active: dict[str, set[str]] = defaultdict(set)
    for customer, day, _ in sorted(purchases, key=lambda p: p[1]):
        first.setdefault(customer, day[:7])
        active[customer].add(day[:7])
    sizes = Counter(first.values())
    index = {month: int(month[:4]) * 12 + int(month[5:]) for c in active for month in active[c]}
    counts = Counter(
        (first[c], index[month] - index[first[c]]) for c in active for month in active[c]
    )
    found = rows(
        home,
        "select strftime(cohort_month, '%Y-%m'), month_number, cohort_size, active_members "
        "from marts.cohort_retention where channel = 'all' and retention_rate is not null",
    )
    assert found
    for month, number, size, members in found:
        assert size == sizes[month]
        assert members == counts[month, number], (month, number)
