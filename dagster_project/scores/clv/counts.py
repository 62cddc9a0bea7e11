"""The sufficient statistics of the purchase models: distinct (x, t_x, T) and their buyers."""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    x: IntArray
    t_x: FloatArray
    age: FloatArray
    n: FloatArray
    x_levels: IntArray
    x_at: IntArray
    x_n: FloatArray

    @classmethod
    def of_days(cls, x: IntArray, t_x: IntArray, age: IntArray, n: IntArray) -> Counts:
        """From whole days and whole numbers of buyers."""
        levels, at = np.unique(x.astype(np.int64), return_inverse=True)
        weights = n.astype(np.float64)
        return cls(
            x=x.astype(np.int64),
            t_x=t_x / DAYS_PER_WEEK,
            age=age / DAYS_PER_WEEK,
            n=weights,
            x_levels=levels,
            x_at=at,
            x_n=np.bincount(at, weights, minlength=levels.size),
        )

    @property
    def buyers(self) -> int:
        """All buyers."""
        return int(self.n.sum())

    @property
    def repeat_buyers(self) -> int:
        """Buyers with a repeat purchase day."""
        return int(self.n[self.x > 0].sum())
