"""Tails, scorecard and groups against other libraries, the formula, and planted structure."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from dagster_project.scores.anomaly import upper_tail
from dagster_project.scores.churn import FIRST_CUT
from dagster_project.scores.churn.alive import p_alive
from dagster_project.scores.churn.examples import Examples, bin_of
from dagster_project.scores.churn.logit import learn
from dagster_project.scores.churn.tables import FEATURES, ChurnRules
from dagster_project.scores.clusters import CLUSTERS
from dagster_project.scores.clusters.groups import evenly

RULES = ChurnRules(min_labelled=100, min_each_class=10, inverse_penalty=1e6)


@pytest.mark.parametrize(("observed", "expected"), [(1, 0.2), (3, 1.5), (9, 0.05), (40, 8.25)])
def test_tail_is_the_sum_of_the_poisson_series(observed, expected):
    terms = [math.exp(-expected + k * math.log(expected) - math.lgamma(k + 1)) for k in range(200)]
    found = upper_tail(np.array([observed]), np.array([expected]))[0]
    assert found == pytest.approx(math.fsum(terms[observed:]), rel=1e-9)


def test_nothing_observed_is_certain():
    assert upper_tail(np.array([0, 2]), np.array([0.0, 0.0])).tolist() == [1.0, 0.0]


def test_p_alive_is_lifetimes_own():
    """The package's MBG/NBD, also without a repeat purchase, where BG/NBD says 1."""
    from lifetimes import ModifiedBetaGeoFitter

    theta = {"r": 0.52, "alpha": 6.2, "a": 0.9, "b": 1.6}
    oracle = ModifiedBetaGeoFitter()
    oracle.params_ = theta
    x, last, age = np.array([0, 0, 3, 7]), np.array([0, 0, 140, 21]), np.array([7, 1_000, 150, 700])
    cells = pa.table(
        {"cut_number": [1] * 4, "frequency": x, "last_day_number": last, "age_days": age}
    )
    found = p_alive(cells, {1: theta})
    expected = oracle.conditional_probability_alive(x, last / 7, age / 7)
    assert found == pytest.approx(np.asarray(expected), rel=1e-9)
    assert found[1] < 0.3


def test_bins_begin_at_their_lower_end():
    bins = pa.table({"bin": [1, 2, 3], "lower": [None, 0.2, 0.5]})
    assert bin_of(np.array([0.1, 0.2, 0.5, 0.9, np.nan]), bins).tolist() == [1, 2, 3, 3, 0]


def _examples(rng: np.random.Generator, count: int) -> tuple[Examples, np.ndarray]:
    """Two features matter, with known log odds; the rest is noise or constant."""
    bins = np.ones((count, len(FEATURES)), np.int64)
    bins[:, 0], bins[:, 1] = rng.integers(1, 4, count), rng.integers(1, 3, count)
    log_odds = 0.4 + np.array([-1.0, 0.0, 1.0])[bins[:, 0] - 1] + 0.7 * (bins[:, 1] - 1)
    churned = rng.random(count) < 1 / (1 + np.exp(-log_odds))
    return Examples(np.ones(count, int), bins, churned, np.ones(count, np.int64)), log_odds


def test_scorecard_finds_the_planted_log_odds():
    examples, log_odds = _examples(np.random.default_rng(5), 40_000)
    card = learn(examples, RULES)
    weight = {(w.feature, w.bin): w.coefficient for w in card.weights}
    assert weight[FEATURES[0], 3] - weight[FEATURES[0], 1] == pytest.approx(2.0, abs=0.1)
    assert weight[FEATURES[1], 2] - weight[FEATURES[1], 1] == pytest.approx(0.7, abs=0.1)
    assert card.intercept == pytest.approx(log_odds.mean(), abs=0.05)
    assert sum(w.members for w in card.weights if w.feature == FEATURES[0]) == 40_000


def test_scorecard_does_not_depend_on_how_examples_are_grouped():
    examples, _ = _examples(np.random.default_rng(6), 3_000)
    order = np.random.default_rng(7).permutation(3_000)
    shuffled = Examples(*(column[order] for column in (
        examples.cut, examples.bins, examples.churned, examples.n)))  # fmt: skip
    assert learn(shuffled, RULES) == learn(examples, RULES)


@pytest.mark.parametrize(
    ("churned", "reason"),
    [(50, "too few examples"), (400, "too few retained"), (0, "too few churned")],
)
def test_too_little_to_learn_from(churned, reason):
    count = 60 if churned == 50 else 405
    examples, _ = _examples(np.random.default_rng(8), count)
    examples.churned[:] = np.arange(count) < churned
    card = learn(examples, RULES)
    assert (card.reason, card.weights, card.intercept) == (reason, (), None)


def test_what_judges_was_not_learned_from():
    assert FIRST_CUT["backtest"] == FIRST_CUT["fit"] + 1


def test_sample_is_even():
    assert evenly(np.array([1.0, 6.0, 1.0]), 4).tolist() == [1, 1, 1, 2]
    assert evenly(np.array([4.0, 0.0, 4.0]), 4).tolist() == [0, 0, 2, 2]
    assert evenly(np.array([2.0, 1.0]), 100).tolist() == [0, 0, 1]


NAMES = ["app_share", "basket_amount", "basket_lines", "discount_share", "evening_share",
         "purchase_days", "recency_days", "store_share", "weekend_share"]  # fmt: skip


def _inputs(rng: np.random.Generator, groups: list[dict[str, int]], size: int) -> dict:
    """Groups around steps of their own; what they don't name lies in the middle."""
    cells = {name: [] for name in NAMES}
    for group in groups:
        for name in NAMES:
            cells[name] += (
                np.clip(rng.normal(group.get(name, 5), 0.7, size), 0, 10).round().tolist()
            )
    table = pa.table({name: pa.array(values, pa.int64()) for name, values in cells.items()})
    grouped = table.group_by(NAMES).aggregate([([], "count_all")])
    return {
        "cells": grouped.rename_columns([*NAMES, "members"]).sort_by(
            [(name, "ascending") for name in NAMES]
        ),
        "rules": pa.table({"min_clusters": [2], "max_clusters": [6], "min_buyers": [100],
                           "silhouette_sample": [600], "label_words": [2],
                           "label_min_deviation": [0.4]}),
        "features": pa.table({"feature": NAMES, "weight": [1.0] * 9,
                              "high": [f"much {n}" for n in NAMES], "high_zh": NAMES,
                              "low": [f"little {n}" for n in NAMES], "low_zh": NAMES}),
    }  # fmt: skip


PLANTED = [
    {"purchase_days": 9, "evening_share": 9},
    {"purchase_days": 1, "store_share": 9},
    {"basket_amount": 9, "app_share": 1},
]


def test_planted_groups_are_found_and_named():
    inputs = _inputs(np.random.default_rng(3), PLANTED, 300)
    tables = CLUSTERS.run(inputs, date(2026, 1, 31)).tables
    choice = tables["scr_cluster_choice"].to_pylist()
    assert [row["clusters"] for row in choice if row["is_chosen"]] == [3]
    labels = set(tables["scr_cluster_centre"]["label"].to_pylist())
    assert {frozenset(label.split(", ")) for label in labels} == {
        frozenset({"much purchase_days", "much evening_share"}),
        frozenset({"little purchase_days", "much store_share"}),
        frozenset({"much basket_amount", "little app_share"}),
    }


def test_new_buyers_of_the_same_kind_keep_the_names():
    first, second = (
        CLUSTERS.run(_inputs(np.random.default_rng(seed), PLANTED, 300), date(2026, 1, 31))
        for seed in (3, 4)
    )
    codes = [
        set(r.tables["scr_cluster_centre"]["cluster_code"].to_pylist()) for r in (first, second)
    ]
    assert codes[0] == codes[1]


def test_too_few_buyers_are_no_groups():
    tables = CLUSTERS.run(_inputs(np.random.default_rng(3), PLANTED, 20), date(2026, 1, 31)).tables
    assert tables["scr_cluster_centre"].num_rows == tables["scr_cluster_choice"].num_rows == 0


def test_silhouette_is_the_definitions():
    """Rousseeuw (1987), on a handful of points."""
    from dagster_project.scores.clusters.groups import _attempt

    points = np.array([[0.0, 0], [0, 1], [5, 5], [5, 6], [5.5, 5]])
    score, groups = _attempt(2, points, np.ones(5), np.arange(5))
    widths = []
    for i in range(5):
        away = np.linalg.norm(points - points[i], axis=1)
        own = (groups == groups[i]) & (np.arange(5) != i)
        a, b = away[own].mean(), away[groups != groups[i]].mean()
        widths.append((b - a) / max(a, b))
    assert score == pytest.approx(np.mean(widths), abs=1e-6)
