"""The training examples: distinct combinations of bins, each with how many churned and stayed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.scores.churn.tables import FEATURES

UNKNOWN = 0


def bin_of(values: np.ndarray, bins: pa.Table) -> np.ndarray:
    """The bin of each value: lower end included; ``UNKNOWN`` for NaN.

    Args:
        bins: columns bin and lower, by bin; the first has no lower end.
    """
    lower = bins["lower"].to_numpy(zero_copy_only=False).astype(float)
    place = np.searchsorted(lower[1:], values, side="right")
    return np.where(np.isnan(values), UNKNOWN, bins["bin"].to_numpy()[place])


@dataclass(frozen=True)
class Examples:
    """Labelled rows. ``bins``: rows x features; ``n``: buyers; ``cut``: when they were seen."""

    cut: np.ndarray
    bins: np.ndarray
    churned: np.ndarray
    n: np.ndarray

    @classmethod
    def of(cls, cells: pa.Table, alive_bin: np.ndarray) -> Examples:
        """Rows of ``scr_churn_input`` that have an outcome, in their order."""
        known = pc.is_valid(cells["is_churned"]).to_numpy()
        columns = [alive_bin if name == "p_alive" else cells[name].to_numpy() for name in FEATURES]
        churned = pc.fill_null(cells["is_churned"], False).to_numpy().astype(bool)
        return cls(
            cut=cells["cut_number"].to_numpy()[known],
            bins=np.column_stack(columns)[known].astype(np.int64),
            churned=churned[known],
            n=cells["members"].to_numpy()[known],
        )

    def since(self, first: int) -> Examples:
        """Those of the cut ``first`` and of earlier days."""
        chosen = self.cut >= first
        return Examples(self.cut[chosen], self.bins[chosen], self.churned[chosen], self.n[chosen])

    @property
    def labelled(self) -> int:
        """All examples."""
        return int(self.n.sum())

    @property
    def churners(self) -> int:
        """Those who churned."""
        return int(self.n[self.churned].sum())
