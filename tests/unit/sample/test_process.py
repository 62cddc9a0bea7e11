"""The process behind the sample is the one of its parameters, by the papers' own formulas."""

from collections import Counter, defaultdict
from datetime import timedelta

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy import stats
from scipy.special import hyp2f1

from dagster_project.sample.behaviour import build_season, order_days
from dagster_project.sample.chunk import build_world, make_chunk
from dagster_project.sample.frames import build_frames
from dagster_project.sample.orders import PROCESS
from dagster_project.sample.people import make_people
from dagster_project.sample.plan import LOYALTY, Plan
from tests.unit.sample.reading import moment

PERSONS = 30_000


@pytest.fixture(scope="module")
def repeats():
    """Weeks since the first order and number of later orders of each buyer; days of all orders."""
    plan = Plan(members=PERSONS)
    people = make_people(plan, build_frames(7), plan.generator(9), np.arange(PERSONS))
    person, day = order_days(plan, build_season(plan), plan.generator(10), people)
    first = np.full(PERSONS, plan.days)
    np.minimum.at(first, person, day)
    count = np.bincount(person, minlength=PERSONS)
    bought = count > 0
    return plan, (plan.days - first[bought] - 0.5) / 7.0, count[bought] - 1, day


def test_share_without_a_repeat_order(repeats):
    """P(x = 0 | T) = (alpha / (alpha + T))^r: nobody drops out before a repeat order."""
    plan, weeks, later, _ = repeats
    process = plan.behaviour
    expected = ((process.alpha / (process.alpha + weeks)) ** process.r).mean()
    assert (later == 0).mean() == pytest.approx(expected, abs=0.012)


def test_mean_repeat_orders(repeats):
    """E[X(t)], equation 9 of Fader, Hardie and Lee (2005), early and late in a customer's life."""
    plan, weeks, later, _ = repeats
    r, alpha, a, b = (getattr(plan.behaviour, name) for name in ("r", "alpha", "a", "b"))
    share = (alpha / (alpha + weeks)) ** r
    series = hyp2f1(r, b, a + b - 1, weeks / (alpha + weeks))
    expected = (a + b - 1) / (a - 1) * (1 - share * series)
    for chosen in (weeks < 30, (weeks >= 30) & (weeks < 70), weeks >= 70):
        assert later[chosen].mean() == pytest.approx(expected[chosen].mean(), rel=0.06)


def test_seasons(repeats):
    plan, _, _, day = repeats
    by_day = np.bincount(day, minlength=plan.days)
    start = plan.start
    dates = [start + timedelta(days=number) for number in range(plan.days)]

    def level(chosen):
        return np.mean([count for count, date in zip(by_day, dates, strict=True) if chosen(date)])

    usual = np.median(by_day)
    assert level(lambda d: (d.month, d.day) == (11, 11)) > 3 * usual
    assert level(lambda d: (d.month, d.day) == (6, 18)) > 2.5 * usual
    assert level(lambda d: (d.year, d.month, d.day) == (2026, 2, 18)) < 0.6 * usual
    assert level(lambda d: d.weekday() >= 5) > 1.05 * level(lambda d: d.weekday() < 5)


@pytest.fixture(scope="module")
def chunk():
    plan = Plan(members=12_000)
    return make_chunk(build_world(plan), 0, np.arange(12_000))


def test_spend_is_gamma_gamma(chunk):
    """What an order is worth is p / nu with nu gamma: a beta prime of (p, q), scaled by v."""
    process = chunk.desk.plan.behaviour
    own = chunk.orders.cause == PROCESS
    first = np.unique(chunk.orders.person[own], return_index=True)[1]
    worth = chunk.orders.goods[own][first] / 100 / process.v
    assert stats.kstest(worth, stats.betaprime(process.p, process.q).cdf).statistic < 0.03
    mean = process.p * process.v / (process.q - 1)
    assert (worth * process.v).mean() == pytest.approx(mean, rel=0.05)


def test_experiment_splits(chunk):
    process, assigned = chunk.desk.plan.behaviour, chunk.assigned
    for number in range(3):
        arms = np.bincount(assigned.variant[assigned.experiment == number], minlength=2)
        tested = stats.chisquare(arms).pvalue
        assert (tested < 1e-4) == (number == 2)
    assert arms[1] / arms.sum() == pytest.approx(process.broken_split_share, abs=0.03)


def test_planted_lifts_add_orders(chunk):
    process, assigned, touched = chunk.desk.plan.behaviour, chunk.assigned, chunk.touched
    exposed = (assigned.exposed >= 0) & (assigned.experiment == 0)
    lift = [assigned.converts[exposed & (assigned.variant == arm)].mean() for arm in (0, 1)]
    assert lift[0] == 0
    assert lift[1] == pytest.approx(process.experiment_lift, abs=0.025)
    assert not assigned.converts[np.isin(assigned.experiment, (1, 2))].any()
    assert not touched.converts[touched.is_control].any()
    causal = touched.campaign % 3 == 0
    treated = causal & ~touched.is_control
    assert touched.converts[treated].mean() == pytest.approx(process.campaign_lift, abs=0.012)
    assert touched.is_control[causal].mean() == pytest.approx(process.holdout_share, abs=0.03)
    assert not touched.converts[~causal].any()


def test_lift_shows_in_the_orders(chunk):
    """Treated members of campaigns with a lift order more often in the window than hold-outs."""
    orders, touched, days = chunk.orders, chunk.touched, 10 * 86_400
    times = defaultdict(list)
    for person, second in zip(orders.person, orders.second, strict=True):
        times[person].append(second)
    causal = np.flatnonzero(touched.campaign % 3 == 0)
    rates = []
    for control in (False, True):
        rows = causal[touched.is_control[causal] == control]
        hits = [
            any(
                touched.sent[row] < when < touched.sent[row] + days + 86_400
                for when in times[touched.person[row]]
            )
            for row in rows
        ]
        rates.append(np.mean(hits))
    assert rates[0] - rates[1] == pytest.approx(chunk.desk.plan.behaviour.campaign_lift, abs=0.025)


def test_orders_stay_inside_the_plan(chunk):
    orders, plan = chunk.orders, chunk.desk.plan
    assert orders.second.min() >= 0
    assert orders.second.max() < plan.end
    assert chunk.refunds.second.max() < plan.end
    assert chunk.since[LOYALTY][chunk.people.accounts[LOYALTY]].max() < plan.end
    assert (np.diff(orders.second) >= 0).all()


def test_accounts_are_older_than_their_orders(sample):
    for channel in ("webshop", "app", "wechat", "tmall"):
        since = {}
        for row in sample.rows(channel, "customers"):
            since.setdefault(row["customer_id"], moment(row["registered_at"]))
        for row in sample.rows(channel, "orders"):
            if row["customer_id"]:
                assert since[row["customer_id"]] < moment(row["ordered_at"])


def test_the_truth_knows_every_order(sample):
    rows = pq.read_table(sample.truth / "orders.parquet").to_pylist()
    told = Counter(row["order_id"] for row in rows)
    shops = ("webshop", "app", "wechat", "tmall", "pos_shanghai", "pos_chengdu")
    special = {
        row["order_id"]
        for name in ("orders_special", "orders_programme")
        for row in sample.rows("webshop", name)
    }
    delivered = {row["order_id"] for shop in shops for row in sample.rows(shop, "orders")}
    assert set(told) == delivered - special
    assert max(told.values()) == 1
    assert len(rows) == sample.summary.orders


def test_persons_have_up_to_six_records(sample):
    rows = pq.read_table(sample.truth / "persons.parquet").to_pylist()
    accounts = Counter(row["person_id"] for row in rows if row["customer_id"])
    assert max(accounts.values()) == 6
    assert sum(count > 1 for count in accounts.values()) > len(accounts) / 2
    keys = [(row["channel"], row["customer_id"], row["order_id"]) for row in rows]
    assert len(keys) == len(set(keys)) == sample.summary.records
    guests = {row["order_id"] for row in rows if row["order_id"]}
    for channel in ("webshop", "pos_shanghai"):
        mine = [r for r in sample.rows(channel, "orders") if r["order_id"] in guests]
        assert mine
        assert all(not r["customer_id"] for r in mine)
        assert all(r["phone"] or r["email"] or r["card_no"] for r in mine)
