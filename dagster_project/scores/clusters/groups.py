"""k-means on distinct combinations of steps, each weighing as many buyers as have it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dagster_project.scores.clusters.tables import ClusterRules, Features

# Starting points of k-means tried for each number of groups; drawn with a fixed seed.
STARTS, SEED = 2, 0
# Digits kept: what the order of sums could change is cut off.
DIGITS = 6


@dataclass(frozen=True)
class Grouping:
    """Groups x features: ``centres`` in steps, ``deviation`` of them from the average in standard
    deviations. ``scale``: per feature, what a step weighs. ``members``: buyers of each group.
    """

    centres: np.ndarray
    deviation: np.ndarray
    scale: np.ndarray
    members: np.ndarray


def evenly(weights: np.ndarray, size: int) -> np.ndarray:
    """Places of a sample of buyers taken at even distances; rows of many buyers come repeatedly.

    Args:
        weights: buyers of each row.
        size: buyers wanted; all of them where there are fewer.
    """
    ends = np.cumsum(weights)
    size = min(size, int(ends[-1]))
    return np.searchsorted(ends, (np.arange(size) + 0.5) * ends[-1] / size, side="right")


def _spread(steps: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean = np.average(steps, axis=0, weights=weights)
    return mean, np.sqrt(np.average((steps - mean) ** 2, axis=0, weights=weights))


def choose(
    cells: pa.Table, features: Features, rules: ClusterRules
) -> tuple[Grouping | None, list[dict[str, object]]]:
    """The grouping with the best silhouette (Rousseeuw 1987), the coarser one on a tie.

    Returns:
        the grouping, None with too few buyers; and what was tried.
    """
    weights = cells["members"].to_numpy().astype(float)
    if weights.sum() < max(rules.min_buyers, 1) or len(weights) <= rules.max_clusters:
        return None, []
    from threadpoolctl import threadpool_limits

    steps = np.column_stack([cells[name].to_numpy() for name in features.names]).astype(float)
    mean, spread = _spread(steps, weights)
    scale = np.round(features.weights / np.where(spread > 0, spread, 1.0), DIGITS)
    points, sample = steps * scale, evenly(weights, rules.silhouette_sample)
    with threadpool_limits(1):  # sums over threads depend on how many there are
        attempts = {
            count: _attempt(count, points, weights, sample)
            for count in range(rules.min_clusters, rules.max_clusters + 1)
        }
    chosen = max(attempts, key=lambda count: (attempts[count][0], -count))
    tried: list[dict[str, object]] = [
        {"clusters": count, "silhouette": score, "is_chosen": count == chosen}
        for count, (score, _) in attempts.items()
    ]
    return _grouping(steps, weights, attempts[chosen][1], (mean, spread, scale)), tried


def _attempt(
    count: int, points: np.ndarray, weights: np.ndarray, sample: np.ndarray
) -> tuple[float, np.ndarray]:
    """The silhouette of so many groups on the sample, and the group of every row."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    model = KMeans(count, n_init=STARTS, random_state=SEED)
    groups = model.fit_predict(points, sample_weight=weights)
    found = len(np.unique(groups[sample])) > 1
    score = silhouette_score(points[sample], groups[sample]) if found else -1.0
    return round(float(score), DIGITS), groups


def _grouping(
    steps: np.ndarray,
    weights: np.ndarray,
    groups: np.ndarray,
    spread: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> Grouping:
    """Centres as the means of their buyers."""
    mean, deviation, scale = spread
    kinds = np.unique(groups)
    centres = np.array(
        [np.average(steps[groups == g], axis=0, weights=weights[groups == g]) for g in kinds]
    )
    centres = np.round(centres, DIGITS)
    away = np.round((centres - mean) / np.where(deviation > 0, deviation, 1.0), DIGITS)
    return Grouping(centres, away, scale, np.array([weights[groups == g].sum() for g in kinds]))
