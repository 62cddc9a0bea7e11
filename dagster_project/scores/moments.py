"""Comparisons of two groups from their moments (n, sum, sum of squares); never from rows.

All functions work element by element on arrays of any common shape. Where a group is too small or
nothing varies, what cannot be said is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Moments:
    """Members, mean and variance (with n - 1) of groups."""

    members: np.ndarray
    mean: np.ndarray
    variance: np.ndarray

    @classmethod
    def of(cls, members: np.ndarray, total: np.ndarray, square: np.ndarray) -> Moments:
        """From counts, sums and sums of squares; NaN where a group is too small."""
        n = np.asarray(members, float)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.where(n > 0, total / n, np.nan)
            spread = np.maximum(square - n * mean**2, 0.0)
            variance = np.where(n > 1, spread / (n - 1), np.nan)
        # a constant's squares cancel but for rounding
        return cls(n, mean, np.where(spread <= 1e-12 * np.abs(square), 0.0 * variance, variance))


@dataclass(frozen=True)
class Difference:
    """Treated less control: estimate, confidence interval, test statistic and two-sided p."""

    estimate: np.ndarray
    low: np.ndarray
    high: np.ndarray
    statistic: np.ndarray
    p_value: np.ndarray


def _no_zero(values: np.ndarray) -> np.ndarray:
    return np.where(values > 0, values, np.nan)


def welch(treated: Moments, control: Moments, confidence: float) -> Difference:
    """Welch's t test of two means, variances unequal (Welch 1947)."""
    return contrast(
        np.stack([treated.mean, control.mean]),
        np.stack([treated.variance, control.variance]),
        np.stack([treated.members, control.members]),
        np.array([1.0, -1.0]),
        confidence,
    )


def contrast(
    mean: np.ndarray,
    variance: np.ndarray,
    members: np.ndarray,
    weights: np.ndarray,
    confidence: float,
) -> Difference:
    """A weighted sum of group means; degrees of freedom by Welch and Satterthwaite.

    Args:
        mean, variance, members: groups along the first axis.
        weights: one weight a group.
        confidence: of the interval, 0-1.
    """
    c = weights.reshape(-1, *[1] * (np.ndim(mean) - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = c**2 * variance / members
        square = _no_zero(parts.sum(axis=0))
        freedom = square**2 / (parts**2 / (members - 1)).sum(axis=0)
    estimate, error = (c * mean).sum(axis=0), np.sqrt(square)
    reach = stats.t.ppf((1 + confidence) / 2, freedom) * error
    p_value = 2 * stats.t.sf(np.abs(estimate / error), freedom)
    return Difference(estimate, estimate - reach, estimate + reach, estimate / error, p_value)


def two_proportions(treated: Moments, control: Moments, confidence: float) -> Difference:
    """Pooled z test of two shares; Newcombe's hybrid score interval (Newcombe 1998, method 10).

    The interval keeps its coverage where Wald's does not: small groups, shares near 0 or 1.
    """
    from statsmodels.stats.proportion import proportion_confint

    n, m, p, q = treated.members, control.members, treated.mean, control.mean
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (n * p + m * q) / (n + m)
        error = np.sqrt(_no_zero(pooled * (1 - pooled) * (1 / n + 1 / m)))
        options = {"alpha": 1 - confidence, "method": "wilson"}
        low, high = proportion_confint(n * p, n, **options)
        low_0, high_0 = proportion_confint(m * q, m, **options)
    estimate = p - q
    return Difference(
        estimate,
        estimate - np.sqrt((p - low) ** 2 + (high_0 - q) ** 2),
        estimate + np.sqrt((high - p) ** 2 + (q - low_0) ** 2),
        estimate / error,
        2 * stats.norm.sf(np.abs(estimate / error)),
    )


def holm(p_values: np.ndarray) -> np.ndarray:
    """P values adjusted for their number (Holm 1979); NaN stays NaN and is not counted."""
    from statsmodels.stats.multitest import multipletests

    adjusted = np.array(p_values, float)
    known = ~np.isnan(adjusted)
    if known.any():
        adjusted[known] = multipletests(adjusted[known], method="holm")[1]
    return adjusted


def sample_ratio(observed: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """P value of Pearson's chi-squared: observed counts against planned shares.

    Args:
        observed: counts, variants along the last axis.
        shares: positive, of the same length; need not add up to 1.
    """
    total = observed.sum(axis=-1, keepdims=True)
    expected = total * shares / shares.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = ((observed - expected) ** 2 / expected).sum(axis=-1)
    p_value = stats.chi2.sf(distance, observed.shape[-1] - 1)
    return np.where(observed.shape[-1] > 1, p_value, np.nan)
