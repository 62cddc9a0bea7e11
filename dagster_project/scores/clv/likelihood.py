"""Log-likelihoods of the purchase models, with gradients, on sufficient statistics.

BG/NBD: Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science
24(2), equation 6. MBG/NBD: Batislam, Denizel and Filiztekin (2007), Empirical validation and
comparison of models for customer base analysis, IJRM 24(3): a buyer may leave after the first
purchase, too. NBD: Ehrenberg (1959): nobody leaves. Times are in one unit, here weeks.

Gamma functions appear only as ratios gamma(z + x) / gamma(z) of whole x; these are products, whose
logarithm is a cumulative sum: exact for any z, where differences of gammaln lose all digits as a or
b grows without bound. Everything that depends on x alone is computed once per distinct x.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dagster_project.scores.clv.counts import Counts, FloatArray, dot

# Whether the first purchase, too, may be the last: the only difference of the two models.
SHIFTS = {"BG/NBD": 0, "MBG/NBD": 1}
PARAMETERS = {
    "BG/NBD": ("r", "alpha", "a", "b"),
    "MBG/NBD": ("r", "alpha", "a", "b"),
    "NBD": ("r", "alpha"),
}
Likelihood = Callable[[FloatArray, Counts], tuple[float, FloatArray]]


def log_rising(z: float, levels: np.ndarray) -> tuple[FloatArray, FloatArray]:
    """log(gamma(z + x) / gamma(z)) and its slope in z, for each whole x of ``levels``."""
    steps = z + np.arange(int(levels.max(initial=0)))
    logs = np.concatenate(([0.0], np.cumsum(np.log(steps))))
    slopes = np.concatenate(([0.0], np.cumsum(1.0 / steps)))
    return logs[levels], slopes[levels]


def nbd(theta: FloatArray, counts: Counts) -> tuple[float, FloatArray]:
    """Log-likelihood and its gradient in (r, alpha)."""
    r, alpha = theta
    rising, slope = log_rising(r, counts.x_levels)
    n, until = counts.n, alpha + counts.age
    log_until = np.log(until)
    value = dot(counts.x_n, rising) + dot(n, r * np.log(alpha) - (r + counts.x) * log_until)
    by_r = dot(counts.x_n, slope) + dot(n, np.log(alpha) - log_until)
    by_alpha = dot(n, r / alpha - (r + counts.x) / until)
    return value, np.array([by_r, by_alpha])


def odds_to_have_left(
    theta: FloatArray, counts: Counts, shift: int
) -> tuple[FloatArray, FloatArray]:
    """b + x + shift - 1 per history (1 where nobody can have left), and the log of the odds.

    Under BG/NBD a buyer without a repeat cannot have left: the odds are 0.
    """
    r, alpha, a, b = theta
    may_leave = (counts.x + shift) > 0
    stayed = np.where(may_leave, b + counts.x + shift - 1.0, 1.0)
    grown = (r + counts.x) * np.log((alpha + counts.age) / (alpha + counts.t_x))
    return stayed, np.where(may_leave, np.log(a / stayed) + grown, -np.inf)


def dropout(theta: FloatArray, counts: Counts, shift: int) -> tuple[float, FloatArray]:
    """Log-likelihood and its gradient in (r, alpha, a, b); ``shift`` as in ``SHIFTS``."""
    r, alpha, a, b = theta
    n, x, levels, per_x = counts.n, counts.x, counts.x_levels, counts.x_n
    rising_r, slope_r = log_rising(r, levels)
    rising_b, slope_b = log_rising(b, levels + shift)
    rising_ab, slope_ab = log_rising(a + b, levels + shift)
    log_until, log_last = np.log(alpha + counts.age), np.log(alpha + counts.t_x)
    stayed, log_odds = odds_to_have_left(theta, counts, shift)
    more = np.logaddexp(0.0, log_odds)
    left = np.exp(log_odds - more)
    value = dot(per_x, rising_r + rising_b - rising_ab)
    value += dot(n, r * np.log(alpha) - (r + x) * log_until + more)
    mixed = n * left
    gone = mixed / stayed
    until, last = 1.0 / (alpha + counts.age), 1.0 / (alpha + counts.t_x)
    by_r = dot(per_x, slope_r) + dot(n, np.log(alpha) - log_until)
    by_r += dot(mixed, log_until - log_last)
    by_alpha = dot(n, r / alpha - (r + x) * until) + dot(mixed, (r + x) * (until - last))
    by_a = float(mixed.sum()) / a - dot(per_x, slope_ab)
    by_b = dot(per_x, slope_b - slope_ab) - float(gone.sum())
    return value, np.array([by_r, by_alpha, by_a, by_b])


def likelihood_of(model: str) -> Likelihood:
    """The function of a model's name."""
    if model in SHIFTS:
        shift = SHIFTS[model]
        return lambda theta, counts: dropout(theta, counts, shift)
    return nbd
