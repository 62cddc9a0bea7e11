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

from dagster_project.scores.clv.counts import Counts, FloatArray
from dagster_project.scores.clv.likelihood import SHIFTS, odds_to_have_left
from dagster_project.scores.clv.maximise import Estimate

_NODES = 64
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
    if estimate.model not in SHIFTS:
        r, alpha = estimate.vector
        return ((r + counts.x) / (alpha + counts.age))[:, None] * weeks[None, :]
    r, alpha, a, b = estimate.vector
    # tx plays no part: one computation per distinct (x, T)
    pairs, place = np.unique(np.stack([counts.x, counts.age]), axis=1, return_inverse=True)
    found = np.empty((pairs.shape[1], weeks.size))
    for x in np.unique(pairs[0]):
        rows = np.flatnonzero(pairs[0] == x)
        p, weight = beta_nodes(a, b + x + SHIFTS[estimate.model])
        base = alpha + pairs[1, rows]
        for at, horizon in enumerate(weeks):
            share = -np.expm1(-(r + x) * np.log1p(p[None, :] * horizon / base[:, None]))
            found[rows, at] = np.einsum("ij,j->i", share, weight / p)
    return found[place.ravel()]


def discounted(orders: FloatArray, days: FloatArray, annual_rate: float) -> FloatArray:
    """Orders worth today: those of each span between horizons counted at the span's middle.

    Args:
        orders: shape (histories, horizons), growing with the horizon.
        days: the horizons, rising.
        annual_rate: interest a year.
    """
    edges = np.concatenate(([0.0], days))
    middles = (edges[1:] + edges[:-1]) / 2.0
    steps = np.diff(orders, axis=1, prepend=0.0)
    return np.cumsum(steps * (1.0 + annual_rate) ** (-middles / DAYS_PER_YEAR), axis=1)


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
