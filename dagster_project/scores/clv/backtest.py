"""How right the model would have been: calibrated until the cut, judged by the window after it.

Three predictors of the same buyers: the model, the buyer's own rate carried on (repeat purchases
per day so far, times the window), and nothing at all. All figures come from sums over distinct
histories and are those of the single buyers; only the order of buyers of equal history by value is
unknown, and they share their places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dagster_project.scores.clv.choice import Choice
from dagster_project.scores.clv.counts import Counts, FloatArray, IntArray, dot

DECILES = 10
PREDICTORS = ("", "own_rate_", "zero_")


@dataclass(frozen=True)
class Window:
    """What came after the cut; arrays of one length, one entry a (history, later purchases).

    Attributes:
        counts: the histories until the cut, times in weeks.
        actual: purchase days in the window.
        repeat_revenue: of all buyers of the entry, until the cut.
        revenue: of all buyers of the entry, in the window.
        days: length of the window.
    """

    counts: Counts
    actual: IntArray
    repeat_revenue: FloatArray
    revenue: FloatArray
    days: int


@dataclass(frozen=True)
class Prediction:
    """Purchase days of one buyer, and revenue of one buyer on average, per entry."""

    orders: FloatArray
    value: FloatArray


def predictions(choice: Choice, window: Window) -> dict[str, Prediction]:
    """What each predictor says; none of them reads what came after the cut."""
    counts, n = window.counts, window.counts.n
    mean_revenue = window.repeat_revenue / n
    orders = choice.orders(counts, np.array([float(window.days)]))[:, 0]
    if choice.values is not None and choice.values.usable:
        each = choice.values.expected(counts.x, mean_revenue)
    else:
        each = np.full(n.size, window.repeat_revenue.sum() / max(dot(counts.x, n), 1.0))
    per_week = 1.0 / np.where(counts.age > 0, counts.age, np.inf)
    weeks = window.days / 7.0
    own = Prediction(counts.x * per_week * weeks, mean_revenue * per_week * weeks)
    nothing = np.zeros(n.size)
    return {
        "": Prediction(orders, orders * each),
        "own_rate_": own,
        "zero_": Prediction(nothing, nothing),
    }


def places(ranked_by: FloatArray, n: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Buyers before each entry, and buyers of equal rank in all, highest value first."""
    _, at = np.unique(-ranked_by, return_inverse=True)
    sizes = np.bincount(at, n)
    return (np.cumsum(sizes) - sizes)[at], sizes[at]


def deciles(ranked_by: FloatArray, n: FloatArray) -> IntArray:
    """1 to 10, 1 the most; equal values stay together, in the tenth where their middle lies."""
    before, size = places(ranked_by, n)
    middle = (before + size / 2.0) / n.sum()
    return np.minimum(np.floor(middle * DECILES).astype(np.int64) + 1, DECILES)


def top_share(prediction: Prediction, window: Window) -> float | None:
    """Share of the window's revenue that fell to the tenth of buyers predicted to bring most.

    Buyers of equal prediction who straddle the edge count in part; None without any revenue.
    """
    n, revenue = window.counts.n, window.revenue
    before, size = places(prediction.value, n)
    inside = np.clip(n.sum() / DECILES - before, 0.0, size) / size
    total = revenue.sum()
    return float(dot(inside, revenue) / total) if total > 0 else None


def correlation(predicted: FloatArray, actual: FloatArray, n: FloatArray) -> float | None:
    """Pearson's, over the buyers; None where one of the two does not vary."""
    buyers = n.sum()
    left = predicted - dot(n, predicted) / buyers
    right = actual - dot(n, actual) / buyers
    spread = np.sqrt(dot(n, left * left) * dot(n, right * right))
    return float(dot(n, left * right) / spread) if spread > 0 else None


def rows(choice: Choice, window: Window) -> list[dict[str, object]]:
    """Rows of ``scr_clv_backtest``: decile 0 is everybody, 1 to 10 by the model's orders."""
    said = predictions(choice, window)
    tenth = deciles(said[""].orders, window.counts.n)
    found = [_row(0, np.ones(tenth.size, dtype=bool), said, window)]
    for decile in range(1, DECILES + 1):
        if (tenth == decile).any():
            found.append(_row(decile, tenth == decile, said, window))
    for name, prediction in said.items():
        found[0][f"{name}top_decile_value_share"] = top_share(prediction, window)
    return found


def _row(
    decile: int, kept: np.ndarray, said: dict[str, Prediction], window: Window
) -> dict[str, object]:
    n, actual = window.counts.n[kept], window.actual[kept].astype(np.float64)
    members = n.sum()
    row: dict[str, object] = {
        "decile": decile,
        "window_days": window.days,
        "members": int(members),
        "actual_orders": int(dot(n, actual)),
        "actual_revenue": float(window.revenue[kept].sum()),
        "predicted_revenue": dot(n, said[""].value[kept]),
    }
    for name, prediction in said.items():
        orders = prediction.orders[kept]
        error = orders - actual
        row[f"{name}predicted_orders"] = dot(n, orders)
        row[f"{name}bias"] = dot(n, error) / members
        row[f"{name}mae"] = dot(n, np.abs(error)) / members
        row[f"{name}rmse"] = float(np.sqrt(dot(n, error * error) / members))
        row[f"{name}correlation"] = correlation(orders, actual, n)
        row[f"{name}top_decile_value_share"] = None
    return row
