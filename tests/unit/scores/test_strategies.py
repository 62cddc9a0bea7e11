"""Matched comparisons against a saturated regression on the rows, and a planted effect."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import statsmodels.formula.api as smf

from dagster_project.scores.strategies import STRATEGIES

RULES = pa.table({"confidence": [0.95]})


def _inputs(frame: pd.DataFrame, least: int = 2) -> dict[str, pa.Table]:
    cells = frame.groupby(["stratum", "is_treated"])["y"]
    rows = [
        {
            "strategy": "s", "measure": "margin", "measured_at": "change",
            "cohort_month": date(2026, 1, 1), "stratum": stratum, "is_treated": bool(treated),
            "members": len(y), "total": y.sum(), "total_square": (y**2).sum(),
            "min_stratum_members": least,
        }
        for (stratum, treated), y in cells
    ]  # fmt: skip
    return {"moments": pa.Table.from_pylist(rows), "rules": RULES}


def _fitted(frame: pd.DataFrame, least: int = 2) -> dict:
    (row,) = STRATEGIES.run(_inputs(frame, least), date(2026, 1, 1)).tables[
        "scr_strategy_effect"
    ].to_pylist()  # fmt: skip
    return row


def _members(rng: np.random.Generator, count: int, effect: float) -> pd.DataFrame:
    """Who is worth more is contacted more often: a plain comparison is wrong."""
    stratum = rng.integers(0, 6, count)
    treated = rng.random(count) < 0.05 + 0.12 * stratum
    y = 20.0 * stratum + rng.gamma(2, 10 + stratum, count) + effect * treated
    return pd.DataFrame({"stratum": stratum.astype(str), "is_treated": treated, "y": y})


def test_effect_is_that_of_a_saturated_model():
    frame = _members(np.random.default_rng(3), 900, 5.0)
    row = _fitted(frame)
    model = smf.ols("y ~ C(stratum) * is_treated", frame.assign(is_treated=1.0 * frame.is_treated))
    peer = model.fit(cov_type="HC2")
    contacted = frame[frame.is_treated].stratum.value_counts(normalize=True)
    weights = pd.Series(0.0, peer.params.index)
    weights["is_treated"] = 1
    for stratum, share in contacted.items():
        if stratum != "0":
            weights[f"C(stratum)[T.{stratum}]:is_treated"] = share
    tested = peer.t_test(weights.to_numpy())
    assert row["difference"] == pytest.approx(tested.effect.item(), rel=1e-9)
    half = (row["ci_high"] - row["ci_low"]) / 2
    assert half / tested.sd.item() == pytest.approx(1.97, abs=0.02)
    assert row["strata"] == 6
    assert row["matched_members"] == row["treated_members"] == frame.is_treated.sum()
    assert row["treated_mean"] == pytest.approx(frame[frame.is_treated].y.mean())
    assert row["distance_after"] < row["distance_before"] / 3


def test_a_planted_effect_is_covered():
    """400 brands with an effect of 4: the interval holds it as often as it says."""
    rng = np.random.default_rng(4)
    rows = [_fitted(_members(rng, 700, 4.0)) for _ in range(400)]
    covered = [row["ci_low"] <= 4 <= row["ci_high"] for row in rows]
    assert np.mean(covered) >= 0.93
    plain = np.mean([row["treated_mean"] - row["control_mean"] for row in rows])
    assert plain > 20  # what comparing without matching would have said


def test_strata_without_a_like_do_not_count():
    frame = pd.DataFrame({
        "stratum": ["a"] * 5 + ["b"] * 3 + ["c"] * 2,
        "is_treated": [True, True, False, False, False, True, False, False, True, True],
        "y": [3.0, 5, 1, 2, 3, 100, 0, 0, 50, 50],
    })  # fmt: skip
    row = _fitted(frame)
    assert (row["treated_members"], row["matched_members"], row["control_members"]) == (5, 2, 3)
    assert row["difference"] == pytest.approx(4 - 2)
    assert _fitted(frame, least=3)["difference"] is None
    empty = _inputs(frame) | {"moments": _inputs(frame)["moments"].slice(0, 0)}
    tables = STRATEGIES.run(empty, date(2026, 1, 1)).tables
    assert tables["scr_strategy_effect"].num_rows == 0
