"""Experiments: variants against the control, the split against its plan, effects of factors.

See docs/marketing.md for what a verdict needs.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from dagster_project.scores.experiments.factorial import contrasts
from dagster_project.scores.experiments.tables import (
    RATES,
    READS,
    WRITES,
    Experiment,
    experiments_of,
)
from dagster_project.scores.fit import Fit, FitResult, Inputs
from dagster_project.scores.moments import (
    Difference,
    Moments,
    contrast,
    holm,
    sample_ratio,
    two_proportions,
    welch,
)

Cells = dict[str, dict[str, Moments]]  # metric to variant to its moments, each of one element


def _cells(moments: pa.Table) -> dict[str, Cells]:
    found: dict[str, Cells] = {}
    for row in moments.to_pylist():
        numbers = [np.array([row[name]], float) for name in ("members", "total", "total_square")]
        metric = found.setdefault(row["experiment_key"], {}).setdefault(row["metric"], {})
        metric[row["variant"]] = Moments.of(*numbers)
    return found


def _number(value: np.ndarray) -> float | None:
    """One number; NULL for what cannot be said."""
    return None if np.isnan(value).any() else float(np.ravel(value)[0])


def _interval(found: Difference | None) -> dict[str, float | None]:
    names = {"difference": "estimate", "ci_low": "low", "ci_high": "high", "p_value": "p_value"}
    return {
        name: _number(getattr(found, field)) if found else None for name, field in names.items()
    }


def compare(experiment: Experiment, cells: Cells, confidence: float) -> list[dict]:
    """Every variant and metric, the control first; p values adjusted over all of them."""
    rows = []
    for metric, arms in cells.items():
        test = two_proportions if metric in RATES else welch
        control = arms.get(experiment.control)
        for variant in sorted(arms, key=lambda name: (name != experiment.control, name)):
            arm = arms[variant]
            is_compared = control is not None and variant != experiment.control
            difference = test(arm, control, confidence) if is_compared else None
            rows.append(
                {
                    "experiment_key": experiment.key,
                    "metric": metric,
                    "variant": variant,
                    "members": int(arm.members[0]),
                    "mean": _number(arm.mean),
                    "deviation": _number(np.sqrt(arm.variance)),
                }
                | _interval(difference)
            )
    return _adjusted(rows)


def effects(experiment: Experiment, cells: Cells, confidence: float) -> list[dict]:
    """Main effects and interactions on every metric; p values adjusted over all of them."""
    rows = []
    for metric, arms in cells.items():
        if not experiment.factors or not experiment.factors.keys() <= arms.keys():
            continue
        held = [arms[variant] for variant in experiment.factors]
        stacked = [np.stack([getattr(m, f) for m in held]) for f in ("mean", "variance", "members")]
        for effect, named, weights in contrasts(experiment.factors, experiment.control):
            found = contrast(*stacked, weights, confidence)
            rows.append(
                {
                    "experiment_key": experiment.key,
                    "metric": metric,
                    "effect": effect,
                    "contrast": named,
                }
                | _interval(found)
            )
    return _adjusted(rows)


def _adjusted(rows: list[dict]) -> list[dict]:
    found = holm(np.array([row["p_value"] for row in rows], float))
    return [
        row | {"p_adjusted": None if np.isnan(p) else float(p)}
        for row, p in zip(rows, found, strict=True)
    ]


def check(experiment: Experiment) -> dict[str, object]:
    """The split of assigned and of exposed members against the plan."""
    variants = sorted({*experiment.planned, *experiment.assigned})
    unplanned = [variant for variant in variants if variant not in experiment.planned]
    row: dict[str, object] = {"experiment_key": experiment.key, "note": None}
    if not experiment.planned:
        return row | {"srm_p_value": None, "exposure_srm_p_value": None, "note": "no plan"}
    shares = np.array([experiment.planned.get(variant, 0.0) for variant in variants])
    for name, members in (
        ("srm_p_value", experiment.assigned),
        ("exposure_srm_p_value", experiment.exposed),
    ):
        counts = np.array([members.get(variant, 0) for variant in variants])
        # somebody in a variant that was not planned: no chance explains it
        row[name] = 0.0 if unplanned else _number(sample_ratio(counts, shares))
    return row | {"note": f"not planned: {', '.join(unplanned)}" if unplanned else None}


def fit(inputs: Inputs, as_of: date) -> FitResult:
    """All experiments with an assignment."""
    del as_of  # the inputs are those of the day
    confidence = 1 - inputs["rules"]["alpha"][0].as_py()
    cells = _cells(inputs["moments"])
    known = experiments_of(inputs["arms"])
    rows: dict[str, list[dict]] = {name: [] for name in WRITES}
    for experiment in known:
        held = cells.get(experiment.key, {})
        rows["scr_experiment_comparison"] += compare(experiment, held, confidence)
        rows["scr_experiment_effect"] += effects(experiment, held, confidence)
        rows["scr_experiment_check"].append(check(experiment))
    tables = {name: pa.Table.from_pylist(rows[name], schema=WRITES[name]) for name in WRITES}
    return FitResult(tables, {"experiments": len(known)})


EXPERIMENTS = Fit(name="experiments", reads=READS, writes=WRITES, run=fit)
