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
    n, until = counts.age_n, alpha + counts.age_levels
    log_until, events = np.log(until), r * n + counts.age_x
    buyers = float(n.sum())
    value = dot(counts.x_n, rising) + buyers * r * np.log(alpha) - dot(events, log_until)
    by_r = dot(counts.x_n, slope) + buyers * np.log(alpha) - dot(n, log_until)
    by_alpha = buyers * r / alpha - dot(events, 1.0 / until)
    return float(value), np.array([by_r, by_alpha])


def odds_to_have_left(
    theta: FloatArray, counts: Counts, shift: int
) -> tuple[FloatArray, FloatArray]:
    """Per history, log((alpha + T) / (alpha + t_x)), and the log of the odds to have left.

    Under BG/NBD a buyer without a repeat cannot have left: the odds are 0.
    """
    r, alpha, a, b = theta
    levels = counts.x_levels
    may_leave = (levels + shift) > 0
    stayed = np.where(may_leave, b + levels + shift - 1.0, 1.0)
    at_once = np.where(may_leave, np.log(a / stayed), -np.inf)
    grown = np.log(alpha + counts.age_levels)[counts.age_at]
    grown -= np.log(alpha + counts.t_x_levels)[counts.t_x_at]
    return grown, at_once[counts.x_at] + (r + counts.x) * grown


def dropout(theta: FloatArray, counts: Counts, shift: int) -> tuple[float, FloatArray]:
    """Log-likelihood and its gradient in (r, alpha, a, b); ``shift`` as in ``SHIFTS``.

    It is NBD's, the chances to have stayed, and log(1 + odds to have left).
    """
    r, alpha, a, b = theta
    levels, per_x, n = counts.x_levels, counts.x_n, counts.n
    value, (by_r, by_alpha) = nbd(theta[:2], counts)
    rising_b, slope_b = log_rising(b, levels + shift)
    rising_ab, slope_ab = log_rising(a + b, levels + shift)
    grown, log_odds = odds_to_have_left(theta, counts, shift)
    small = np.exp(-np.abs(log_odds))
    value += dot(per_x, rising_b - rising_ab)
    value += dot(n, np.maximum(log_odds, 0.0) + np.log1p(small))
    mixed = n * np.where(log_odds > 0, 1.0, small) / (1.0 + small)
    mixed_per_x = np.bincount(counts.x_at, mixed, minlength=levels.size)
    weighed = mixed * (r + counts.x)
    per_age = np.bincount(counts.age_at, weighed, minlength=counts.age_levels.size)
    per_last = np.bincount(counts.t_x_at, weighed, minlength=counts.t_x_levels.size)
    by_r += dot(mixed, grown)
    by_alpha += dot(per_age, 1.0 / (alpha + counts.age_levels))
    by_alpha -= dot(per_last, 1.0 / (alpha + counts.t_x_levels))
    by_a = float(mixed.sum()) / a - dot(per_x, slope_ab)
    stayed = np.where(levels + shift > 0, b + levels + shift - 1.0, 1.0)
    by_b = dot(per_x, slope_b - slope_ab) - dot(mixed_per_x, 1.0 / stayed)
    return value, np.array([by_r, by_alpha, by_a, by_b])


def likelihood_of(model: str) -> Likelihood:
    """The function of a model's name."""
    if model in SHIFTS:
        shift = SHIFTS[model]
        return lambda theta, counts: dropout(theta, counts, shift)
    return nbd
