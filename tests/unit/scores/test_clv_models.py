"""The purchase and value models against the papers, lifetimes, and plain numbers."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pytest
from numpy.polynomial.legendre import leggauss
from scipy.optimize import approx_fprime
from scipy.special import hyp2f1
from scipy.stats import beta, gamma

from dagster_project.scores.clv import maximise
from dagster_project.scores.clv.choice import FALL_BACK, fit_models
from dagster_project.scores.clv.counts import Counts
from dagster_project.scores.clv.expectation import (
    orders_if_alive,
    p_alive,
    repeats_by_age,
    worth_if_alive,
)
from dagster_project.scores.clv.gamma_gamma import Values, fit_values
from dagster_project.scores.clv.likelihood import PARAMETERS, dropout, likelihood_of
from dagster_project.scores.clv.maximise import Estimate, fit_purchases
from dagster_project.scores.clv.rules import ClvRules
from tests.unit.scores import cdnow

WEEKS = np.array([1.0, 13.0, 39.0, 52.0])
RULES = ClvRules("BG/NBD", 2.0, 0.001, 30, 10, 0.3, 0.1, 365)


@pytest.fixture(scope="module")
def buyers() -> cdnow.Buyers:
    return cdnow.buyers()


def one(x: int, t_x: float, age: float) -> Counts:
    return Counts.of_days(
        np.array([x]), np.array([t_x * 7]), np.array([age * 7]), np.array([1])
    )  # fmt: skip


def published(model: str, r: float, alpha: float, a: float, b: float) -> Estimate:
    return Estimate(model, {"r": r, "alpha": alpha, "a": a, "b": b}, 0.0, True)


FHL = published("BG/NBD", 0.2426, 4.4136, 0.7929, 2.4259)


def lifetimes_fit(name: str, *arrays: np.ndarray):
    import lifetimes

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(lifetimes, name)().fit(*arrays)


def test_cdnow_as_published(buyers):
    found = fit_purchases("BG/NBD", buyers.counts())
    assert found.converged
    assert found.theta == pytest.approx(
        {"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}, rel=1e-3
    )
    assert found.log_likelihood == pytest.approx(-9582.429, abs=1e-3)
    modified = fit_purchases("MBG/NBD", buyers.counts())
    assert modified.theta == pytest.approx(
        {"r": 0.5248, "alpha": 6.1831, "a": 0.8914, "b": 1.6140}, rel=1e-3
    )


@pytest.mark.parametrize("model", PARAMETERS)
def test_the_short_way_ends_at_the_same_top(buyers, model, monkeypatch):
    """Where there are many histories the top is first looked for among rounded ones."""
    whole = fit_purchases(model, buyers.counts())
    asked = []
    real = maximise._loss
    monkeypatch.setattr(maximise, "_MANY", 0)
    monkeypatch.setattr(
        maximise, "_loss", lambda name, counts: asked.append(counts.n.size) or real(name, counts)
    )
    short = fit_purchases(model, buyers.counts())
    assert asked[1] < asked[0] / 3
    assert short.converged
    assert short.theta == pytest.approx(whole.theta, rel=1e-6)
    assert short.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-7)


@pytest.mark.parametrize(
    ("model", "fitter"), [("BG/NBD", "BetaGeoFitter"), ("MBG/NBD", "ModifiedBetaGeoFitter")]
)
def test_lifetimes_finds_the_same(buyers, model, fitter):
    peer = lifetimes_fit(fitter, buyers.x, buyers.t_x / 7, buyers.age / 7)
    found = fit_purchases(model, buyers.counts())
    assert found.theta == pytest.approx(dict(peer.params_), rel=1e-4)
    counts = buyers.counts()
    alive = peer.conditional_probability_alive(counts.x, counts.t_x, counts.age)
    same = Estimate(model, dict(peer.params_), 0.0, True)
    assert p_alive(same, counts) == pytest.approx(np.asarray(alive), rel=1e-9)
    ours = p_alive(same, counts)[:, None] * orders_if_alive(same, counts, WEEKS)
    theirs = [
        np.asarray(
            peer.conditional_expected_number_of_purchases_up_to_time(
                t, counts.x, counts.t_x, counts.age
            )
        )
        for t in WEEKS
    ]
    assert ours == pytest.approx(np.stack(theirs, axis=1), rel=1e-6)


def test_the_paper_s_example():
    buyer = one(2, 30.43, 38.86)
    expected = p_alive(FHL, buyer) * orders_if_alive(FHL, buyer, np.array([39.0]))[:, 0]
    assert expected[0] == pytest.approx(1.226, abs=5e-4)


def test_the_likelihood_stays_finite():
    value, slope = dropout(np.array([0.25, 4.0, 0.8, 2.5]), one(200, 38, 40), 0)
    assert value == pytest.approx(100.7957, abs=1e-4)
    assert np.isfinite(slope).all()
    for x, theta in itertools.product((0, 1, 5_000), ((1e-6, 1e6, 1e-6, 1e6), (9, 0.1, 5e5, 1e-3))):
        value, slope = dropout(np.array(theta), one(x, 38.0 if x else 0.0, 40), 0)
        assert np.isfinite(value) and np.isfinite(slope).all()


@pytest.mark.parametrize("model", PARAMETERS)
def test_gradients_are_slopes(model):
    rng = np.random.default_rng(5)
    x = rng.integers(0, 12, 60)
    age = rng.integers(30, 300, 60)
    t_x = np.where(x > 0, np.ceil(age * rng.random(60)), 0).astype(int)
    counts = Counts.of_days(x, t_x, age, rng.integers(1, 9, 60))
    theta = np.exp(rng.uniform(-1, 1.5, len(PARAMETERS[model])))
    function = likelihood_of(model)
    numeric = approx_fprime(theta, lambda at: function(at, counts)[0], 1e-7)
    assert function(theta, counts)[1] == pytest.approx(numeric, rel=1e-4, abs=1e-2)


@pytest.mark.parametrize("shift", [0, 1])
@pytest.mark.parametrize(("x", "t_x", "age"), [(0, 0.0, 20.0), (3, 11.0, 20.0), (9, 20.0, 20.0)])
def test_likelihood_is_the_mixture_of_the_story(shift, x, t_x, age):
    """One buyer's likelihood given (rate, chance to leave), mixed over both by quadrature."""
    r, alpha, a, b = 0.7, 6.0, 0.9, 2.1

    nodes, weights = leggauss(300)
    nodes, weights = (nodes + 1) / 2, weights / 2
    # powers take the poles of both densities at 0 out of the integrand
    rate, p = 20 * nodes[:, None] ** 8, nodes[None, :] ** 8
    area = 160 * nodes[:, None] ** 7 * weights[:, None] * 8 * nodes[None, :] ** 7 * weights[None, :]
    stays = (1 - p) ** (x + shift) * rate**x * np.exp(-rate * age)
    leaves = np.zeros_like(stays)
    if x + shift > 0:
        leaves = p * (1 - p) ** (x + shift - 1) * rate**x * np.exp(-rate * t_x)
    density = gamma.pdf(rate, r, scale=1 / alpha) * beta.pdf(p, a, b)
    mixed = ((stays + leaves) * density * area).sum()
    found, _ = dropout(np.array([r, alpha, a, b]), one(x, t_x, age), shift)
    assert found == pytest.approx(np.log(mixed), abs=1e-6)


def test_expected_orders_where_the_formula_fails():
    """At a = 1 the published form divides by 0; beside it, it agrees."""
    buyer = one(3, 11.0, 20.0)
    at = [
        orders_if_alive(published("BG/NBD", 0.7, 6.0, a, 2.1), buyer, WEEKS)[0]
        for a in (1 - 1e-4, 1.0, 1 + 1e-4)
    ]
    assert at[1] == pytest.approx((at[0] + at[2]) / 2, rel=1e-7)
    r, alpha, a, b, x, age = 0.7, 6.0, 1.6, 2.1, 3, 20.0
    formula = (a + b + x - 1) / (a - 1) * (
        1 - ((alpha + age) / (alpha + age + WEEKS)) ** (r + x)
        * hyp2f1(r + x, b + x, a + b + x - 1, WEEKS / (alpha + age + WEEKS))
    )  # fmt: skip
    found = orders_if_alive(published("BG/NBD", r, alpha, a, b), buyer, WEEKS)[0]
    assert found == pytest.approx(formula, rel=1e-9)


def test_discounting_by_spans_is_close_to_day_by_day():
    days = np.arange(1, 366, dtype=float)
    orders = orders_if_alive(FHL, one(5, 30.0, 38.0), days / 7)
    daily = np.cumsum(np.diff(orders[0], prepend=0) * 1.1 ** (-(days - 0.5) / 365))
    ends = np.array([90.0, 180.0, 365.0])
    found = worth_if_alive(FHL, one(5, 30.0, 38.0), ends, 0.1)[0]
    assert found == pytest.approx(daily[ends.astype(int) - 1], rel=1e-4)
    assert (found < orders[0, ends.astype(int) - 1]).all()


def test_tracking_of_a_cohort(buyers):
    """What new buyers are expected to do is the mean of the story, simulated."""
    rng = np.random.default_rng(11)
    size, until = 60_000, 30.0
    for model in ("BG/NBD", "MBG/NBD"):
        estimate = published(model, 0.9, 5.0, 1.2, 3.0)
        rate, p = rng.gamma(0.9, 1 / 5.0, size), rng.beta(1.2, 3.0, size)
        made, clock = np.zeros(size), np.zeros(size)
        alive = rng.random(size) >= p if model == "MBG/NBD" else np.ones(size, bool)
        while alive.any():
            clock[alive] += rng.exponential(1 / rate[alive])
            alive &= clock <= until
            made[alive] += 1
            alive &= rng.random(size) >= p
        error = made.std() / np.sqrt(size)
        assert repeats_by_age(estimate, np.array([until]))[0] == pytest.approx(
            made.mean(), abs=4 * error
        )


def test_order_values_as_published(buyers):
    data = Values.of_rows(buyers.x, buyers.revenue, np.ones(buyers.x.size))
    assert data.buyers == 946
    found = fit_values(data)
    assert found.usable
    assert found.theta == pytest.approx({"p": 6.2496, "q": 3.7442, "v": 15.4435}, rel=1e-3)
    assert found.log_likelihood == pytest.approx(-4055.918, abs=1e-2)
    peer = lifetimes_fit("GammaGammaFitter", data.x, data.mean)
    assert found.theta == pytest.approx(dict(peer.params_), rel=1e-3)
    theirs = peer.conditional_expected_average_profit(data.x, data.mean)
    assert found.expected(data.x, data.revenue) == pytest.approx(np.asarray(theirs), rel=1e-3)
    assert data.correlation() == pytest.approx(np.corrcoef(data.x, data.mean)[0, 1])


def test_buyers_who_give_back_more_than_they_buy_are_left_out():
    data = Values.of_rows(np.array([0, 1, 2, 3]), np.array([5.0, 0.0, -3.0, 9.0]), np.ones(4))
    assert data.buyers == 1


def test_buyers_who_never_leave_are_noticed():
    """Purchases of a plain NBD: the dropout part says nothing, and the reason is told."""
    rng = np.random.default_rng(3)
    size = 1_500
    age = rng.integers(100, 400, size)
    gaps = rng.exponential(1 / rng.gamma(0.8, 1 / 60.0, size)[:, None], (size, 60)).cumsum(axis=1)
    inside = gaps <= age[:, None]
    x = inside.sum(axis=1)
    t_x = np.where(x > 0, np.ceil(np.where(inside, gaps, 0).max(axis=1)), 0)
    keys, n = np.unique(np.stack([x, t_x.astype(int), age]), axis=1, return_counts=True)
    choice = fit_models(Counts.of_days(*keys, n), Values.of_rows(x, x * 1.0, np.ones(size)), RULES)
    assert choice.chosen == FALL_BACK
    assert choice.degenerate == {"BG/NBD": True, "MBG/NBD": True, "NBD": False}
    assert choice.reason == "BG/NBD is degenerate"


def test_buyers_who_leave_are_not_called_degenerate(buyers):
    choice = fit_models(buyers.counts(), Values.of_rows(buyers.x, buyers.revenue, buyers.x), RULES)
    assert (choice.chosen, choice.reason) == ("BG/NBD", None)


def test_too_few_buyers_are_not_fitted():
    choice = fit_models(one(2, 3.0, 9.0), Values.of_rows(*np.ones((3, 1))), RULES)
    assert (choice.chosen, choice.values, choice.reason) == (None, None, "too few buyers")
