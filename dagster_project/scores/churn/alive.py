"""P(alive) as it could be known at each cut: MBG/NBD.

Under MBG/NBD a buyer may be gone after the first purchase (Batislam, Denizel and Filiztekin 2007),
so a single order long ago does not count as alive, as it would under BG/NBD. The parameters
describe the brand and hardly move: past cuts take those fitted on the oldest of them, which knows
nothing of what any cut has to predict; as_of takes those of the value models.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.scores.clv.choice import FALL_BACK, is_degenerate
from dagster_project.scores.clv.counts import DAYS_PER_WEEK, Counts
from dagster_project.scores.clv.maximise import fit_purchases
from dagster_project.scores.clv.rules import ClvRules

MODEL = "MBG/NBD"
PARAMETERS = ("r", "alpha", "a", "b")
Theta = dict[str, float | None]
NOTHING: Theta = dict.fromkeys(PARAMETERS)


def alive_parameters(cells: pa.Table, value: pa.Table, rules: ClvRules) -> dict[int, Theta]:
    """The parameters at each cut; None where there is too little, or the model says nothing.

    Args:
        cells: rows of ``scr_churn_input``.
        value: parameter and value of the value models' MBG/NBD; none where it says nothing.
    """
    cuts = pc.unique(cells["cut_number"]).to_pylist()
    if not cuts or max(cuts) == 0:
        return dict.fromkeys(cuts, NOTHING)
    past = _fitted(cells.filter(pc.equal(cells["cut_number"], max(cuts))), rules)
    now = dict(zip(value["parameter"].to_pylist(), value["value"].to_pylist(), strict=True))
    known = past["r"] is not None and set(now) == set(PARAMETERS)
    return {cut: NOTHING if not known else past if cut else now for cut in sorted(cuts)}


def _fitted(cells: pa.Table, rules: ClvRules) -> Theta:
    """The parameters on the histories of one cut."""
    keys = ["frequency", "last_day_number", "age_days"]
    grouped = cells.group_by(keys).aggregate([("members", "sum")]).sort_by(
        [(key, "ascending") for key in keys]
    )  # fmt: skip
    counts = Counts.of_days(*(grouped[name].to_numpy() for name in [*keys, "members_sum"]))
    if counts.buyers < rules.min_buyers or counts.repeat_buyers < rules.min_repeat_buyers:
        return NOTHING
    estimate, simple = (fit_purchases(model, counts) for model in (MODEL, FALL_BACK))
    if is_degenerate(estimate, simple, rules):
        return NOTHING
    return dict(estimate.theta)


def p_alive(cells: pa.Table, parameters: dict[int, Theta]) -> np.ndarray:
    """P(alive) of each row's history at its cut; NaN without parameters."""
    numbers = cells["cut_number"].to_numpy()
    theta = np.full((len(numbers), 4), np.nan)
    for number, values in parameters.items():
        if values["r"] is not None:
            theta[numbers == number] = [values[name] for name in PARAMETERS]
    r, alpha, a, b = theta.T
    x = cells["frequency"].to_numpy()
    last = cells["last_day_number"].to_numpy() / DAYS_PER_WEEK
    age = cells["age_days"].to_numpy() / DAYS_PER_WEEK
    odds = a / (b + x) * np.exp((r + x) * (np.log(alpha + age) - np.log(alpha + last)))
    return 1.0 / (1.0 + odds)
