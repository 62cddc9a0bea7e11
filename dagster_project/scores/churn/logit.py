"""A scorecard: logistic regression on a column per bin, with weights against the average buyer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dagster_project.scores.churn.examples import Examples
from dagster_project.scores.churn.tables import FEATURES, ChurnRules

# Digits kept of a weight: what the order of sums could change is cut off.
DIGITS = 9


@dataclass(frozen=True)
class Weight:
    """What a bin adds to the log odds of churn, and the examples it rests on."""

    feature: str
    bin: int
    coefficient: float
    members: int
    churned: int


@dataclass(frozen=True)
class Scorecard:
    """The weights; without them the reason why there are none."""

    weights: tuple[Weight, ...]
    intercept: float | None
    labelled: int
    churned: int
    reason: str | None = None


def _refusal(examples: Examples, rules: ChurnRules) -> str | None:
    if examples.labelled < rules.min_labelled:
        return "too few examples"
    if examples.churners < rules.min_each_class:
        return "too few churned"
    if examples.labelled - examples.churners < rules.min_each_class:
        return "too few retained"
    return None


def _distinct(examples: Examples) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct rows of bins, and how many of each churned and stayed."""
    rows, at = np.unique(examples.bins, axis=0, return_inverse=True)
    churned = np.bincount(at.ravel(), examples.n * examples.churned, minlength=len(rows))
    every = np.bincount(at.ravel(), examples.n, minlength=len(rows))
    return rows, churned, every - churned


def learn(examples: Examples, rules: ChurnRules) -> Scorecard:
    """Fit on the examples; with too few of them, or of one outcome, the rule will speak."""
    refusal = _refusal(examples, rules)
    if refusal:
        return Scorecard((), None, examples.labelled, examples.churners, refusal)
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    rows, churned, stayed = _distinct(examples)
    names = [(f, int(b)) for f in range(len(FEATURES)) for b in np.unique(rows[:, f])]
    columns = np.column_stack([rows[:, f] == b for f, b in names]).astype(float)
    model = LogisticRegression(C=rules.inverse_penalty, tol=1e-10, max_iter=5_000)
    with threadpool_limits(1):  # sums over threads depend on how many there are
        model.fit(
            np.vstack([columns, columns]),
            np.repeat([1, 0], len(rows)),
            sample_weight=np.concatenate([churned, stayed]),
        )
    every = churned + stayed
    weight, base = model.coef_[0].copy(), float(model.intercept_[0])
    feature = np.array([f for f, _ in names])
    for number in range(len(FEATURES)):
        mine = feature == number
        mean = float(every @ columns[:, mine] @ weight[mine] / every.sum())
        weight[mine] -= mean
        base += mean
    weights = tuple(
        Weight(
            FEATURES[f],
            b,
            round(float(weight[place]), DIGITS),
            round(float(every @ columns[:, place])),
            round(float(churned @ columns[:, place])),
        )
        for place, (f, b) in enumerate(names)
    )
    return Scorecard(weights, round(base, DIGITS), examples.labelled, examples.churners)
