"""The CDNOW sample through the landing contract, against an independent computation."""

from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dagster_project.build import dbt
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


def _with_rule(patch: pytest.MonkeyPatch, change: str) -> None:
    """Run as if a rule's seed said something else."""
    real = dbt.build

    def build(home: Home, settings, plan, layer: dbt.Layer, on_result):
        events = real(home, settings, plan, layer, on_result)
        if "resource_type:seed" in layer.select:
            with duckdb.connect(str(home.next_database)) as con:
                con.execute(change)
        return events

    patch.setattr(dbt, "build", build)


@pytest.fixture(scope="module")
def home(purchases, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Published as of the last day, 1998-06-30; the backtest's window begins on 1997-10-01."""
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
    with pytest.MonkeyPatch.context() as patch:
        _with_rule(patch, "update rules.clv_rules set backtest_window_days = 273")
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


def _parameters(home: Home, basis: str, model: str) -> dict[str, float]:
    with duckdb.connect(str(home.state_database), read_only=True) as con:
        return dict(
            con.execute(
                "select parameter, value from scores.scr_clv_parameter "
                "where basis = ? and model = ?", [basis, model]
            ).fetchall()
        )  # fmt: skip


def test_parameters_are_those_of_the_papers(home: Home):
    """The backtest is calibrated until 1997-09-30, as the papers are."""
    bg = {"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}
    assert _parameters(home, "backtest", "BG/NBD") == pytest.approx(bg, rel=1e-3)
    mbg = {"r": 0.5248, "alpha": 6.1831, "a": 0.8914, "b": 1.6140}
    assert _parameters(home, "backtest", "MBG/NBD") == pytest.approx(mbg, rel=1e-3)
    values = {"p": 6.2496, "q": 3.7442, "v": 15.4435}
    assert _parameters(home, "backtest", "Gamma-Gamma") == pytest.approx(values, rel=1e-3)


def test_backtest_is_that_of_the_paper(home: Home):
    (total,) = rows(
        home,
        "select cut_on, members, actual_orders, predicted_orders, correlation, "
        "rmse < own_rate_rmse from marts.clv_backtest where decile = 0",
    )
    assert (str(total[0]), *total[1:3]) == ("1997-09-30", 2_357, 1_882)
    assert total[3:5] == pytest.approx((1_653, 0.626), rel=1e-3)
    assert total[5]


def test_values_of_members_are_those_of_lifetimes(home: Home):
    """Every member, with the model refitted by the other library on plain frequency and age."""
    import numpy as np
    from lifetimes import BetaGeoFitter

    found = rows(
        home,
        "select clv.frequency, clv.recency, clv.age, clv.p_alive, clv.expected_orders_365d, "
        "clv.clv_365d, clv.expected_order_value, clv.margin_rate from marts.member_clv as clv",
    )
    x, t_x, age, alive, orders, value, each, margin = (
        np.array(column, dtype=float) for column in zip(*found, strict=True)
    )
    peer = BetaGeoFitter().fit(x, t_x, age)
    assert alive == pytest.approx(peer.conditional_probability_alive(x, t_x, age), rel=1e-3)
    expected = peer.conditional_expected_number_of_purchases_up_to_time(365 / 7, x, t_x, age)
    assert orders == pytest.approx(expected, rel=1e-3)
    undiscounted = orders * each * margin
    assert (value <= undiscounted + 0.01).all()
    assert (value >= undiscounted / 1.1 - 0.02).all()
