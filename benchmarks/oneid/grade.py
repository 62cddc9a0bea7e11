"""Grades of a partition against the truth: pairs, B-cubed, whole clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.integer]


@dataclass(frozen=True)
class Grade:
    """Rates in 0-1. ``exact``: persons whose records are one cluster and nobody else's.

    Pairwise precision and recall count pairs of records; B-cubed (Bagga and Baldwin 1998) averages
    over records. A side without pairs counts as 1.
    """

    precision: float
    recall: float
    b3_precision: float
    b3_recall: float
    exact: float
    largest: int

    @property
    def f1(self) -> float:
        """Harmonic mean of the pairwise rates."""
        return harmonic(self.precision, self.recall)

    @property
    def b3_f1(self) -> float:
        """Harmonic mean of the B-cubed rates."""
        return harmonic(self.b3_precision, self.b3_recall)

    def line(self) -> str:
        """One row of a table: P, R, F1, B-cubed P, R, F1, exact, largest."""
        rates = (
            self.precision, self.recall, self.f1,
            self.b3_precision, self.b3_recall, self.b3_f1, self.exact,
        )  # fmt: skip
        return " | ".join([f"{rate:.4f}" for rate in rates] + [str(self.largest)])


def harmonic(one: float, other: float) -> float:
    """Harmonic mean; 0 where both are 0."""
    return 2 * one * other / (one + other) if one + other else 0.0


def pairs(sizes: Codes) -> int:
    """Unordered pairs within groups of these sizes."""
    counts = sizes.astype(np.int64)
    return int((counts * (counts - 1) // 2).sum())


def grade(truth: Codes, found: Codes) -> Grade:
    """Compare two partitions of the same records, shapes ``(n,)``."""
    _, truth = np.unique(truth, return_inverse=True)
    _, found = np.unique(found, return_inverse=True)
    true_size, found_size = np.bincount(truth), np.bincount(found)
    cells, cell, common = np.unique(
        truth.astype(np.int64) * found_size.size + found, return_inverse=True, return_counts=True
    )
    both, stated, real = pairs(common), pairs(found_size), pairs(true_size)
    owner, cluster = cells // found_size.size, cells % found_size.size
    exact = (common == true_size[owner]) & (common == found_size[cluster])
    return Grade(
        precision=both / stated if stated else 1.0,
        recall=both / real if real else 1.0,
        b3_precision=float((common[cell] / found_size[found]).mean()),
        b3_recall=float((common[cell] / true_size[truth]).mean()),
        exact=float(exact.sum() / true_size.size),
        largest=int(found_size.max(initial=0)),
    )
