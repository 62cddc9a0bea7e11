"""Strategies: members contacted against members like them, matched exactly on strata.

The effect is that on the contacted: a stratum weighs as many members as were contacted in it
(Iacus, King and Porro 2012). It is as causal as the strata are complete, which nobody knows.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import numpy as np
import pyarrow as pa
from scipy.stats import norm

from dagster_project.scores.fit import Fit, FitResult, Inputs
from dagster_project.scores.moments import Moments, contrast

TEXTS = [(name, pa.string()) for name in ("strategy", "measure", "measured_at")]
COUNTS = ("treated_members", "matched_members", "control_members", "strata")
MEANS = (
    "treated_mean", "control_mean", "matched_treated_mean", "matched_control_mean", "difference",
    "ci_low", "ci_high", "p_value", "distance_before", "distance_after",
)  # fmt: skip
EFFECT = pa.schema(
    TEXTS + [(name, pa.int64()) for name in COUNTS] + [(name, pa.float64()) for name in MEANS]
)
QUANTILE = pa.schema([("confidence", pa.float64()), ("z", pa.float64())])
READS = {
    "moments": """
        select
            inputs.strategy, inputs.measure, inputs.measured_at, inputs.cohort_month,
            inputs.stratum, inputs.is_treated, inputs.members, inputs.total, inputs.total_square,
            rules.min_stratum_members
        from scores.scr_strategy_input as inputs
        inner join rules.strategy_rules as rules on inputs.strategy = rules.strategy
        order by inputs.strategy, inputs.measure, inputs.measured_at, inputs.cohort_month,
            inputs.stratum, inputs.is_treated""",
    "rules": "select cast(confidence as double) as confidence from rules.marketing_rules",
}


def _both(cells: list[dict]) -> tuple[np.ndarray, np.ndarray]:
    """Count, sum, sum of squares of the contacted and of the others, a column a matched stratum."""
    names = ("members", "total", "total_square")
    groups: dict[tuple, dict[bool, list[float]]] = defaultdict(dict)
    for cell in cells:
        place = (cell["cohort_month"], cell["stratum"])
        groups[place][cell["is_treated"]] = [cell[name] for name in names]
    least = max(cells[0]["min_stratum_members"], 2)  # one member has no variance
    pairs = [
        (pair[True], pair[False])
        for pair in groups.values()
        if len(pair) == 2 and min(pair[True][0], pair[False][0]) >= least
    ]
    held = np.array(pairs, float).reshape(len(pairs), 2, 3)
    return held[:, 0].T, held[:, 1].T


def _all(cells: list[dict], is_treated: bool) -> Moments:
    chosen = [cell for cell in cells if cell["is_treated"] == is_treated]
    return Moments.of(
        *[
            np.array(sum(cell[name] for cell in chosen), float)
            for name in ("members", "total", "total_square")
        ]
    )


def measure(cells: list[dict], confidence: float) -> dict[str, float | int | None]:
    """One measure of a strategy: means of all and of the matched, and the weighted difference."""
    treated, others = _all(cells, True), _all(cells, False)
    matched, controls = _both(cells)
    share = matched[0] / matched[0].sum() if matched.size else matched[0]
    groups = [Moments.of(*matched), Moments.of(*controls)]
    parts = [np.concatenate([getattr(g, f) for g in groups])[:, None] for f in
             ("mean", "variance", "members")]  # fmt: skip
    found = contrast(*parts, np.concatenate([share, -share]), confidence)
    spread = np.sqrt((treated.variance + others.variance) / 2)
    spread = np.where(spread > 0, spread, np.nan)
    has_match = bool(matched.size)
    numbers = {
        "treated_mean": treated.mean,
        "control_mean": others.mean,
        "matched_treated_mean": (share * groups[0].mean).sum() if has_match else np.nan,
        "matched_control_mean": (share * groups[1].mean).sum() if has_match else np.nan,
        "difference": found.estimate if has_match else np.nan,
        "ci_low": found.low,
        "ci_high": found.high,
        "p_value": found.p_value,
        "distance_before": (treated.mean - others.mean) / spread,
        "distance_after": found.estimate / spread if has_match else np.nan,
    }
    counts = (treated.members, matched[0].sum(), controls[0].sum(), matched.shape[1])
    return {name: int(n) for name, n in zip(COUNTS, counts, strict=True)} | {
        name: None if np.isnan(value).any() else float(np.ravel(value)[0])
        for name, value in numbers.items()
    }


def fit(inputs: Inputs, as_of: date) -> FitResult:
    """Every strategy, measure and time."""
    del as_of  # the inputs are those of the day
    confidence = inputs["rules"]["confidence"][0].as_py()
    keyed: dict[tuple, list[dict]] = defaultdict(list)
    for row in inputs["moments"].to_pylist():
        keyed[row["strategy"], row["measure"], row["measured_at"]].append(row)
    rows = [
        dict(zip(EFFECT.names[:3], key, strict=True)) | measure(cells, confidence)
        for key, cells in keyed.items()
    ]
    table = pa.Table.from_pylist(rows, schema=EFFECT)
    quantile = {"confidence": confidence, "z": float(norm.ppf((1 + confidence) / 2))}
    tables = {
        "scr_strategy_effect": table,
        "scr_strategy_quantile": pa.Table.from_pylist([quantile], schema=QUANTILE),
    }
    return FitResult(tables, {"strategies": len({key[0] for key in keyed})})


STRATEGIES = Fit(
    name="strategies",
    reads=READS,
    writes={"scr_strategy_effect": EFFECT, "scr_strategy_quantile": QUANTILE},
    run=fit,
)
