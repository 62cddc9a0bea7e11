"""CDNOW's buyers by hand: purchase days before and after a cut, straight from the file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import numpy as np

from dagster_project.scores.clv.counts import Counts
from tests.conftest import shared_data

CUT, END = date(1997, 9, 30), date(1998, 6, 30)


@dataclass(frozen=True)
class Buyers:
    """One entry a buyer, in days: what the papers call x, t_x, T, with money and the future."""

    x: np.ndarray
    t_x: np.ndarray
    age: np.ndarray
    revenue: np.ndarray
    later: np.ndarray

    def counts(self) -> Counts:
        """Grouped to distinct histories."""
        keys, n = np.unique(np.stack([self.x, self.t_x, self.age]), axis=1, return_counts=True)
        return Counts.of_days(*keys, n)


def buyers() -> Buyers:
    """The sample's 2,357 buyers, seen on the cut."""
    text = (shared_data("cdnow") / "CDNOW_sample.txt").read_text(encoding="ascii")
    spent: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for line in text.splitlines():
        if cells := line.split():
            day = date(int(cells[2][:4]), int(cells[2][4:6]), int(cells[2][6:]))
            spent[cells[1]][day] += float(cells[4])
    rows = []
    for days in spent.values():
        known = sorted(day for day in days if day <= CUT)
        rows.append(
            (
                len(known) - 1, (known[-1] - known[0]).days, (CUT - known[0]).days,
                sum(days[day] for day in known[1:]), sum(day > CUT for day in days),
            )
        )  # fmt: skip
    x, t_x, age, revenue, later = (np.array(column) for column in zip(*rows, strict=True))
    return Buyers(x, t_x, age, revenue, later)
