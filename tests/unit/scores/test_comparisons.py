"""Comparisons from moments, against other libraries on the rows themselves, and by simulation."""

from __future__ import annotations

from datetime import date
from itertools import product

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import statsmodels.formula.api as smf
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from dagster_project.scores.campaigns import CAMPAIGNS
from dagster_project.scores.experiments import EXPERIMENTS
from dagster_project.scores.moments import (
    Moments,
    contrast,
    holm,
    sample_ratio,
    two_proportions,
    welch,
)

SPLITS, ALPHA = 4_000, 0.05


def _moments(rows: np.ndarray) -> Moments:
    """Of samples along the last axis."""
    return Moments.of(np.full(rows.shape[:-1], rows.shape[-1]), rows.sum(-1), (rows**2).sum(-1))


def _spend(rng: np.random.Generator, count: int) -> np.ndarray:
    """Money as members spend it: most nothing, a few very much."""
    return np.where(rng.random(count) < 0.25, rng.lognormal(4.5, 1.1, count).round(2), 0.0)


@pytest.mark.parametrize("seed", range(5))
def test_welch_is_scipys_on_rows(seed):
    rng = np.random.default_rng(seed)
    a, b = _spend(rng, 300 + 40 * seed), _spend(rng, 150) * 1.3
    found = welch(_moments(a), _moments(b), 0.95)
    peer = stats.ttest_ind(a, b, equal_var=False)
    interval = peer.confidence_interval(0.95)
    assert (found.statistic, found.p_value, found.low, found.high) == pytest.approx(
        (peer.statistic, peer.pvalue, interval.low, interval.high), rel=1e-9
    )


@pytest.mark.parametrize(("x", "n", "y", "m"), [(30, 200, 22, 190), (1, 40, 6, 41), (0, 9, 3, 8)])
def test_shares_are_statsmodels_on_rows(x, n, y, m):
    a, b = np.repeat([1.0, 0.0], [x, n - x]), np.repeat([1.0, 0.0], [y, m - y])
    found = two_proportions(_moments(a), _moments(b), 0.95)
    peer = proportions_ztest([a.sum(), b.sum()], [len(a), len(b)])
    interval = confint_proportions_2indep(x, n, y, m, method="newcomb", compare="diff")
    assert (found.statistic, found.p_value, found.low, found.high) == pytest.approx(
        (*peer, *interval), rel=1e-9
    )


def test_what_cannot_be_said_is_nan():
    nothing, one = _moments(np.zeros(50)), _moments(np.ones(1))
    assert np.isnan(two_proportions(nothing, nothing, 0.95).p_value)
    assert np.isnan(welch(nothing, nothing, 0.95).p_value)
    assert np.isnan(welch(one, nothing, 0.95).p_value)
    assert np.isnan(_moments(np.full(7, 0.1)).variance * 0 + np.nan)
    assert _moments(np.full(7, 33.33)).variance == 0
    assert np.isnan(sample_ratio(np.array([5]), np.array([1.0])))


def test_holm_by_its_definition():
    """The smallest of n times n, the next times n - 1, never below the one before (Holm 1979)."""
    given = np.array([0.01, np.nan, 0.04, 0.03, 0.005])
    assert holm(given) == pytest.approx([0.03, np.nan, 0.06, 0.06, 0.02], nan_ok=True)
    assert np.isnan(holm(np.array([np.nan]))).all()


def test_sample_ratio_is_scipys():
    counts, shares = np.array([[500, 520, 980], [510, 480, 1_100]]), np.array([0.25, 0.25, 0.5])
    peer = [stats.chisquare(row, row.sum() * shares).pvalue for row in counts]
    assert sample_ratio(counts, shares) == pytest.approx(peer, rel=1e-9)


# ---- simulation: every split of the same members is one column of moments


@pytest.fixture(scope="module")
def splits():
    """Half of 1,500 members drawn at random, 4,000 times; what they did is what it is."""
    rng = np.random.default_rng(41)
    spent = _spend(rng, 1_500)
    drawn = np.zeros((SPLITS, len(spent)), np.float32)
    for row in drawn:
        row[rng.permutation(len(spent))[: len(spent) // 2]] = 1
    return spent, drawn


def _of_split(values: np.ndarray, drawn: np.ndarray) -> tuple[Moments, Moments]:
    return tuple(
        Moments.of(part.sum(1), part @ values, part @ values**2) for part in (drawn, 1 - drawn)
    )


def test_aa_splits_are_called_different_as_often_as_said(splits):
    spent, drawn = splits
    share = two_proportions(*_of_split((spent > 0).astype(float), drawn), 1 - ALPHA)
    mean = welch(*_of_split(spent, drawn), 1 - ALPHA)
    for found in (share, mean):
        assert 0.04 <= (found.p_value < ALPHA).mean() <= 0.06
        outside = (found.low > 0) | (found.high < 0)
        assert 0.035 <= outside.mean() <= 0.06
    both = np.stack([share.p_value, mean.p_value])
    assert [holm(pair).min() for pair in both.T[:9]] == pytest.approx(
        np.minimum(2 * both.min(0)[:9], 1)
    )
    assert (2 * both.min(0) < ALPHA).mean() <= 0.055


def test_a_planted_lift_is_found(splits):
    """Treated members convert 6 points more often and spend 25 more; the halves stay random."""
    spent, drawn = splits
    rng = np.random.default_rng(42)
    bought = (spent > 0).astype(float)
    more = drawn * (rng.random(drawn.shape, np.float32) < 0.06 / (1 - bought.mean()))
    converted = np.maximum(bought, more)
    treated, rest = drawn.sum(1), (1 - drawn).sum(1)
    a = Moments.of(treated, (drawn * converted).sum(1), (drawn * converted).sum(1))
    b = Moments.of(rest, (1 - drawn) @ bought, (1 - drawn) @ bought)
    money = spent + 25
    c = Moments.of(treated, drawn @ money, drawn @ money**2)
    d = Moments.of(rest, (1 - drawn) @ spent, (1 - drawn) @ spent**2)
    for found, truth in (
        (two_proportions(a, b, 1 - ALPHA), 0.06),
        (welch(c, d, 1 - ALPHA), 25.0),
    ):
        assert ((found.low <= truth) & (truth <= found.high)).mean() >= 0.93
        shown = found.p_value < ALPHA
        assert shown.mean() > 0.5
        assert (found.estimate[shown] > 0).mean() > 0.999


def test_broken_splits_are_withheld_and_others_are_not():
    rng = np.random.default_rng(43)
    half = np.array([0.5, 0.5])
    for share, expected in ((0.5, (0, 0.004)), (0.62, (0.99, 1))):
        treated = rng.binomial(638, share, SPLITS)
        p_values = sample_ratio(np.stack([638 - treated, treated], axis=1), half)
        assert expected[0] <= (p_values < 0.001).mean() <= expected[1]


# ---- factors


def test_effects_are_those_of_a_saturated_model():
    """Contrasts of cells against ordinary least squares with HC2 errors, unequal cells."""
    rng = np.random.default_rng(44)
    cells = list(product(("none", "gift"), ("long", "short")))
    sizes = (60, 90, 75, 40)
    frame = pd.concat(
        pd.DataFrame({"offer": o, "subject": s, "y": _spend(rng, n) + 9 * (o == "gift")})
        for (o, s), n in zip(cells, sizes, strict=True)
    )
    control = {"offer": "none", "subject": "short"}
    found = EXPERIMENTS.run(
        _inputs(
            {"e": {"".join(c): frame.y[(frame.offer == c[0]) & (frame.subject == c[1])]
                   for c in cells}},
            control="noneshort",
            factors={"".join(c): dict(zip(("offer", "subject"), c, strict=True)) for c in cells},
        ),
        date(2026, 1, 1),
    ).tables["scr_experiment_effect"]  # fmt: skip
    effects = {row["effect"]: row for row in found.to_pylist()}
    coded = frame.assign(
        **{f"is_{f}": np.where(frame[f] == base, -0.5, 0.5) for f, base in control.items()}
    )
    peer = smf.ols("y ~ is_offer * is_subject", coded).fit(cov_type="HC2")
    for effect, term in (
        ("offer", "is_offer"), ("subject", "is_subject"),
        ("offer x subject", "is_offer:is_subject"),
    ):  # fmt: skip
        row = effects[effect]
        assert row["difference"] == pytest.approx(peer.params[term], rel=1e-9)
        width = (row["ci_high"] - row["ci_low"]) / 2
        # degrees of freedom by Satterthwaite lie between the smallest cell's and all
        assert width / peer.bse[term] == pytest.approx(stats.t.ppf(0.975, 180), abs=0.05)
    assert {row["contrast"] for row in effects.values()} == {
        "offer: gift - none", "subject: long - short",
        "offer: gift - none, subject: long - short",
    }  # fmt: skip


def test_three_levels_and_a_missing_cell():
    weights = np.array([1.0, 1.0])
    assert contrast(
        np.array([[3.0], [4.0]]), np.ones((2, 1)), np.full((2, 1), 10.0), weights, 0.9
    ).estimate == pytest.approx([7.0])
    rows = {f"{a}{b}": np.arange(5.0) + i for i, (a, b) in enumerate(product("xyz", "pq"))}
    factors = {name: {"f": name[0], "g": name[1]} for name in rows}
    found = EXPERIMENTS.run(_inputs({"e": rows}, "xp", factors), date(2026, 1, 1))
    rows_of = found.tables["scr_experiment_effect"].to_pylist()
    assert {row["contrast"]: row["difference"] for row in rows_of} == pytest.approx(
        {"f: y - x": 2, "f: z - x": 4, "g: q - p": 1, "f: y - x, g: q - p": 0,
         "f: z - x, g: q - p": 0}, abs=1e-9,
    )  # fmt: skip
    del factors["zq"]
    found = EXPERIMENTS.run(_inputs({"e": rows}, "xp", factors), date(2026, 1, 1))
    assert found.tables["scr_experiment_effect"].num_rows == 0


# ---- the fits as a whole


def _inputs(
    experiments: dict, control: str | None = None, factors: dict | None = None,
    planned: str | None = None, metric: str = "revenue_per_member",
) -> dict[str, pa.Table]:  # fmt: skip
    import json

    arms, moments = [], []
    for key, variants in experiments.items():
        for variant, rows in sorted(variants.items()):
            values = np.asarray(rows, float)
            arms.append(
                {
                    "experiment_key": key,
                    "variant": variant,
                    "control_variant": control,
                    "planned_split": planned,
                    "factors": json.dumps(factors) if factors else None,
                    "assigned_members": len(values) + 1,
                    "exposed_members": len(values),
                }
            )
            moments.append({
                "experiment_key": key, "variant": variant, "metric": metric,
                "members": len(values), "total": values.sum(),
                "total_square": (values**2).sum()})  # fmt: skip
    return {
        "arms": pa.Table.from_pylist(arms), "moments": pa.Table.from_pylist(moments),
        "rules": pa.table({"alpha": [0.05]}),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("planned", "expected"),
    [
        ('{"A": 0.5, "B": 0.5}', (1.0, None)),
        ('{"A": 1, "B": 1, "C": 1}', (pytest.approx(np.exp(-12.5)), None)),
        ('{"A": 1}', (0.0, "not planned: B")),
        (None, (None, "no plan")),
        ('{"A": "half"}', (None, "no plan")),
        ("[1]", (None, "no plan")),
        ("{", (None, "no plan")),
    ],
)
def test_splits_against_their_plan(planned, expected):
    """25 members each of two variants; one of three that got nobody is broken."""
    inputs = _inputs({"e": {"A": np.zeros(24), "B": np.ones(24)}}, planned=planned)
    (row,) = EXPERIMENTS.run(inputs, date(2026, 1, 1)).tables["scr_experiment_check"].to_pylist()
    assert (row["srm_p_value"], row["note"]) == expected


def test_no_experiment_and_no_control():
    empty = {name: table.slice(0, 0) for name, table in _inputs({"e": {"A": [1.0]}}).items()}
    empty["rules"] = pa.table({"alpha": [0.05]})
    assert {t.num_rows for t in EXPERIMENTS.run(empty, date(2026, 1, 1)).tables.values()} == {0}
    inputs = _inputs({"e": {"B": np.arange(9.0), "C": np.arange(9.0)}}, control="A")
    rows = EXPERIMENTS.run(inputs, date(2026, 1, 1)).tables["scr_experiment_comparison"]
    assert rows["difference"].to_pylist() == [None, None]


def test_lift_of_a_campaign():
    rng = np.random.default_rng(45)
    treated, held = _spend(rng, 400), _spend(rng, 120)
    columns = {"campaign_key": ["c", "c"], "metric": ["conversion", "margin"]}
    for name, rows in (("treated", treated), ("holdout", held)):
        values = [(rows > 0).astype(float), rows]
        columns[f"{name}_members"] = [len(rows)] * 2
        columns[f"{name}_total"] = [v.sum() for v in values]
        columns[f"{name}_square"] = [(v**2).sum() for v in values]
    inputs = {"moments": pa.table(columns), "rules": pa.table({"confidence": [0.9]})}
    share, margin = CAMPAIGNS.run(inputs, date(2026, 1, 1)).tables["scr_campaign_lift"].to_pylist()
    assert share["p_value"] == pytest.approx(
        proportions_ztest([(treated > 0).sum(), (held > 0).sum()], [400, 120])[1]
    )
    peer = stats.ttest_ind(treated, held, equal_var=False)
    assert margin["p_value"] == pytest.approx(peer.pvalue)
    assert margin["ci_low"] == pytest.approx(peer.confidence_interval(0.9).low)
    assert margin["difference"] == pytest.approx(treated.mean() - held.mean())
    empty = inputs | {"moments": inputs["moments"].slice(0, 0)}
    assert CAMPAIGNS.run(empty, date(2026, 1, 1)).tables["scr_campaign_lift"].num_rows == 0
