"""What the purchase models expect of a buyer: alive or not, and orders to come.

Given that a buyer is alive at T, the chance p to leave after a purchase has the distribution
Beta(a, b + x + shift) and the rate of purchases Gamma(r + x, alpha + T), so the purchases expected
in a time t are the mean over p of (1 - ((alpha + T) / (alpha + T + p t)) ** (r + x)) / p. That is
what equation 10 of Fader, Hardie and Lee (2005) says with a hypergeometric function, whose form
fails at a = 1 and loses digits beside it; a Gauss-Jacobi quadrature has no such places.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh_tridiagonal
from scipy.special import expit

from dagster_project.scores.clv.counts import DAYS_PER_WEEK, Counts, FloatArray, IntArray
from dagster_project.scores.clv.likelihood import SHIFTS, odds_to_have_left
from dagster_project.scores.clv.maximise import Estimate

_NODES = 64
_SPAN_DAYS = 30.0
DAYS_PER_YEAR = 365.0


def beta_nodes(a: float, b: float, count: int = _NODES) -> tuple[FloatArray, FloatArray]:
    """Nodes in (0, 1) and weights of sum 1 for means over Beta(a, b).

    Golub and Welsch (1969): eigenvalues of the Jacobi polynomials' tridiagonal matrix.
    """
    k = np.arange(1, count)
    s, d = a + b - 2.0, a - b
    first = d / (s + 2.0)
    middle = d * s / ((2 * k + s) * (2 * k + s + 2.0))
    # k = 1 on its own: its general form is 0 / 0 where a + b = 1
    sides = np.empty(count - 1)
    sides[0] = 4.0 * a * b / ((s + 2.0) ** 2 * (s + 3.0))
    j = k[1:]
    sides[1:] = (
        4.0 * j * (j + b - 1) * (j + a - 1) * (j + s) / ((2 * j + s) ** 2 * ((2 * j + s) ** 2 - 1))
    )
    values, vectors = eigh_tridiagonal(np.concatenate(([first], middle)), np.sqrt(sides))
    return (1.0 + values) / 2.0, vectors[0] ** 2


def p_alive(estimate: Estimate, counts: Counts) -> FloatArray:
    """Chance that each history's buyer has not left; 1 everywhere under NBD."""
    if estimate.model not in SHIFTS:
        return np.ones(counts.x.size)
    _, log_odds = odds_to_have_left(estimate.vector, counts, SHIFTS[estimate.model])
    return expit(-log_odds)


def orders_if_alive(estimate: Estimate, counts: Counts, weeks: FloatArray) -> FloatArray:
    """Purchases each history's buyer makes in the next ``weeks``, if alive now.

    Args:
        weeks: horizons, rising.

    Returns:
        shape (histories, horizons).
    """
    x, age, place = _pairs(counts)
    return _orders(estimate, x, age, weeks)[place]


def worth_if_alive(
    estimate: Estimate, counts: Counts, days: FloatArray, annual_rate: float
) -> FloatArray:
    """The same within ``days``, each purchase worth less the later it comes.

    Purchases are counted in spans of a month, each at its span's middle.

    Args:
        annual_rate: interest a year.
    """
    x, age, place = _pairs(counts)
    edges = np.union1d(days, np.arange(_SPAN_DAYS, days.max(), _SPAN_DAYS))
    orders = _orders(estimate, x, age, edges / DAYS_PER_WEEK)
    middles = (edges + np.concatenate(([0.0], edges[:-1]))) / 2.0
    steps = np.diff(orders, axis=1, prepend=0.0)
    worth = np.cumsum(steps * (1.0 + annual_rate) ** (-middles / DAYS_PER_YEAR), axis=1)
    return worth[:, np.searchsorted(edges, days)][place]


def _pairs(counts: Counts) -> tuple[IntArray, FloatArray, IntArray]:
    """The distinct (x, T), on which alone it depends, and the place of each history's."""
    pairs, place = np.unique(np.stack([counts.x, counts.age]), axis=1, return_inverse=True)
    return pairs[0].astype(np.int64), pairs[1], place.ravel()


def _orders(estimate: Estimate, x: IntArray, age: FloatArray, weeks: FloatArray) -> FloatArray:
    r, alpha = estimate.theta["r"], estimate.theta["alpha"]
    if estimate.model not in SHIFTS:
        return ((r + x) / (alpha + age))[:, None] * weeks[None, :]
    a, b = estimate.theta["a"], estimate.theta["b"]
    found = np.empty((x.size, weeks.size))
    for level in np.unique(x):
        rows = np.flatnonzero(x == level)
        p, weight = beta_nodes(a, b + level + SHIFTS[estimate.model])
        base = alpha + age[rows]
        for at, horizon in enumerate(weeks):
            share = -np.expm1(-(r + level) * np.log1p(p[None, :] * horizon / base[:, None]))
            found[rows, at] = np.einsum("ij,j->i", share, weight / p)
    return found


def repeats_by_age(estimate: Estimate, weeks: FloatArray) -> FloatArray:
    """Repeat purchases a new buyer is expected to have made after each of ``weeks``."""
    if estimate.model not in SHIFTS:
        r, alpha = estimate.vector
        return r / alpha * weeks
    r, alpha, a, b = estimate.vector
    shift = SHIFTS[estimate.model]
    p, weight = beta_nodes(a, b + shift)
    stays = b / (a + b) if shift else 1.0
    share = -np.expm1(-r * np.log1p(p[None, :] * weeks[:, None] / alpha))
    return stays * np.einsum("ij,j->i", share, weight / p)
