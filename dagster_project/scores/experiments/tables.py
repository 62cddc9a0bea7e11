"""What the experiments fit reads and writes."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

RATES = ("conversion", "visit")  # shares of members: z; other metrics are means: t
READS = {
    "arms": """
        select experiment_key, variant, control_variant, planned_split, factors,
            assigned_members, exposed_members
        from scores.scr_experiment_arm order by experiment_key, variant""",
    "moments": """
        select experiment_key, variant, metric, members, total, total_square
        from scores.scr_experiment_input order by experiment_key, metric, variant""",
    "rules": "select cast(alpha as double) as alpha from rules.experiment_rules",
}
_INTERVAL = [
    (name, pa.float64()) for name in ("difference", "ci_low", "ci_high", "p_value", "p_adjusted")
]
COMPARISON = pa.schema(
    [(name, pa.string()) for name in ("experiment_key", "metric", "variant")]
    + [("members", pa.int64()), ("mean", pa.float64()), ("deviation", pa.float64())]
    + _INTERVAL
)
CHECK = pa.schema(
    [
        ("experiment_key", pa.string()),
        ("srm_p_value", pa.float64()),
        ("exposure_srm_p_value", pa.float64()),
        ("note", pa.string()),
    ]
)
EFFECT = pa.schema(
    [(name, pa.string()) for name in ("experiment_key", "metric", "effect", "contrast")] + _INTERVAL
)
WRITES = {
    "scr_experiment_comparison": COMPARISON,
    "scr_experiment_check": CHECK,
    "scr_experiment_effect": EFFECT,
}


@dataclass(frozen=True)
class Experiment:
    """An experiment's plan and the members of its variants.

    Attributes:
        planned: variant to share; empty where no plan can be read.
        factors: variant to its level of each factor; empty for a plain experiment.
        assigned, exposed: variant to members.
    """

    key: str
    control: str
    planned: dict[str, float]
    factors: dict[str, dict[str, str]]
    assigned: dict[str, int]
    exposed: dict[str, int]


def _object(text: str | None) -> dict[str, object]:
    """A JSON object; empty where the text is none."""
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _shares(text: str | None) -> dict[str, float]:
    found = _object(text)
    is_plan = all(
        isinstance(share, int | float) and np.isfinite(share) and share > 0
        for share in found.values()
    )
    return {name: float(share) for name, share in found.items()} if is_plan else {}


def _levels(text: str | None) -> dict[str, dict[str, str]]:
    found = _object(text)
    if not all(isinstance(levels, dict) and levels for levels in found.values()):
        return {}
    named = {v: {str(f): str(level) for f, level in ls.items()} for v, ls in found.items()}
    return named if len({tuple(sorted(levels)) for levels in named.values()}) == 1 else {}


def experiments_of(arms: pa.Table) -> list[Experiment]:
    """One for each experiment with an assignment, in the order of the keys."""
    rows: dict[str, list[dict]] = {}
    for row in arms.to_pylist():
        rows.setdefault(row["experiment_key"], []).append(row)
    return [
        Experiment(
            key=key,
            control=first["control_variant"] or min(row["variant"] for row in listed),
            planned=_shares(first["planned_split"]),
            factors=_levels(first["factors"]),
            assigned={row["variant"]: row["assigned_members"] for row in listed},
            exposed={row["variant"]: row["exposed_members"] for row in listed},
        )
        for key, listed in rows.items()
        for first in listed[:1]
    ]
