"""The sufficient statistics of the purchase models: distinct (x, t_x, T) and their buyers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

DAYS_PER_WEEK = 7.0


def dot(left: FloatArray, right: FloatArray) -> float:
    """Sum of products, in one thread: the same bits on any number of cores."""
    return float(np.einsum("i,i->", left, right))


@dataclass(frozen=True)
class Counts:
    """Distinct histories; arrays of one length, one entry a history.

    Attributes:
        x: repeat purchase days.
        t_x: weeks from the first to the last purchase day; 0 where ``x`` is 0.
        age: weeks from the first purchase day to the end of observation, T in the papers.
        n: buyers with this history, as floats.
        x_levels: the distinct ``x``, rising.
        x_at: for each history the place of its ``x`` in ``x_levels``.
        x_n: buyers of each of ``x_levels``.
        age_levels, age_at, age_n, age_x: the same of ``age``, and the sum of ``x`` of its buyers.
        t_x_levels, t_x_at: the same of ``t_x``.
    """

    x: IntArray
    t_x: FloatArray
    age: FloatArray
    n: FloatArray
    x_levels: IntArray
    x_at: IntArray
    x_n: FloatArray
    age_levels: FloatArray
    age_at: IntArray
    age_n: FloatArray
    age_x: FloatArray
    t_x_levels: FloatArray
    t_x_at: IntArray

    @classmethod
    def of_days(cls, x: IntArray, t_x: IntArray, age: IntArray, n: IntArray) -> Counts:
        """From whole days and whole numbers of buyers."""
        whole, weights = x.astype(np.int64), n.astype(np.float64)
        levels, at = np.unique(whole, return_inverse=True)
        ages, age_at = np.unique(age, return_inverse=True)
        lasts, last_at = np.unique(t_x, return_inverse=True)
        return cls(
            x=whole,
            t_x=t_x / DAYS_PER_WEEK,
            age=age / DAYS_PER_WEEK,
            n=weights,
            x_levels=levels,
            x_at=at,
            x_n=np.bincount(at, weights, minlength=levels.size),
            age_levels=ages / DAYS_PER_WEEK,
            age_at=age_at,
            age_n=np.bincount(age_at, weights, minlength=ages.size),
            age_x=np.bincount(age_at, weights * whole, minlength=ages.size),
            t_x_levels=lasts / DAYS_PER_WEEK,
            t_x_at=last_at,
        )

    def in_units_of(self, weeks: float) -> Counts:
        """The same with times in another unit."""
        scaled = ("t_x", "age", "age_levels", "t_x_levels")
        return replace(self, **{name: getattr(self, name) / weeks for name in scaled})

    def rounded(self, days: int) -> Counts:
        """Fewer histories that look much alike: times moved to the middles of spans of days."""

        def middle(weeks: FloatArray) -> IntArray:
            whole = np.rint(weeks * DAYS_PER_WEEK).astype(np.int64)
            return whole // days * days + days // 2

        age = middle(self.age)
        t_x = np.where(self.x > 0, np.minimum(middle(self.t_x), age), 0)
        # one number a history: sorting rows of three is slow
        span = int(age.max()) + 1
        code = (self.x * span + t_x) * span + age
        codes, at = np.unique(code, return_inverse=True)
        n = np.bincount(at, self.n)
        return Counts.of_days(codes // span // span, codes // span % span, codes % span, n)

    @property
    def buyers(self) -> int:
        """All buyers."""
        return int(self.n.sum())

    @property
    def repeat_buyers(self) -> int:
        """Buyers with a repeat purchase day."""
        return int(self.n[self.x > 0].sum())
