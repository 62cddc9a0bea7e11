"""What members will buy and be worth: purchase models by maximum likelihood. See docs/clv.md."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.scores.clv import rules as rule_file
from dagster_project.scores.clv.choice import fit_models
from dagster_project.scores.clv.counts import Counts
from dagster_project.scores.clv.rules import ClvRules
from dagster_project.scores.clv.tables import DESCRIBES, PARAMETER, WRITES, parameter_rows
from dagster_project.scores.fit import Fit, FitResult, Inputs

COUNTS = """
select basis, frequency, recency_days, age_days, members
from scores.scr_clv_input
order by basis, frequency, recency_days, age_days
"""


def _counts(rows: pa.Table, basis: str) -> Counts:
    part = rows.filter(pc.equal(rows["basis"], basis))
    columns = [part[name].to_numpy() for name in rows.column_names[1:]]
    return Counts.of_days(*columns)


def fit(inputs: Inputs, as_of: date) -> FitResult:
    """Fit the models on the whole history and, for the backtest, on all but its last window."""
    del as_of  # the inputs are those of the day
    rules = ClvRules.of(inputs["rules"])
    rows: list[dict[str, object]] = []
    for basis in ("fit", "backtest"):
        rows += parameter_rows(basis, fit_models(_counts(inputs["counts"], basis), rules))
    return FitResult({"scr_clv_parameter": pa.Table.from_pylist(rows, schema=PARAMETER)})


CLV = Fit(
    name="clv",
    reads={"counts": COUNTS, "rules": rule_file.QUERY},
    writes=WRITES,
    describes=DESCRIBES,
    run=fit,
)
