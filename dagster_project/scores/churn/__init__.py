"""Who is about to leave: a logistic regression on binned features. See docs/churn.md."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dagster_project.scores.churn.alive import alive_parameters, p_alive
from dagster_project.scores.churn.examples import Examples, bin_of
from dagster_project.scores.churn.logit import Scorecard, learn
from dagster_project.scores.churn.tables import READS, WRITES, ChurnRules
from dagster_project.scores.clv.rules import ClvRules
from dagster_project.scores.fit import Fit, FitResult, Inputs

# The newest labelled cut validates: what is judged there was learned from older ones.
FIRST_CUT = {"fit": 1, "backtest": 2}


def _rows(basis: str, card: Scorecard) -> list[dict[str, object]]:
    return [
        {
            "basis": basis,
            "feature": weight.feature,
            "bin": weight.bin,
            "coefficient": weight.coefficient,
            "members": weight.members,
            "churned": weight.churned,
        }
        for weight in card.weights
    ]


def fit(inputs: Inputs, as_of: date) -> FitResult:
    """Learn from all labelled cuts, and once without the newest, which then judges."""
    del as_of  # the inputs are those of the day
    rules = ChurnRules.of(inputs["rules"])
    parameters = alive_parameters(
        inputs["cells"], inputs["value"], ClvRules.of(inputs["clv_rules"])
    )
    alive_bin = bin_of(p_alive(inputs["cells"], parameters), inputs["bins"])
    examples = Examples.of(inputs["cells"], alive_bin)
    weights: list[dict[str, object]] = []
    models: list[dict[str, object]] = []
    for basis, first in FIRST_CUT.items():
        card = learn(examples.since(first), rules)
        weights += _rows(basis, card)
        models.append(
            {
                "basis": basis,
                "method": "rule" if card.reason else "model",
                "reason": card.reason,
                "labelled": card.labelled,
                "churned": card.churned,
                "intercept": card.intercept,
            }
        )
    rows = {
        "scr_churn_coefficient": weights,
        "scr_churn_model": models,
        "scr_churn_alive": [{"cut_number": cut} | theta for cut, theta in parameters.items()],
    }
    tables = {name: pa.Table.from_pylist(rows[name], schema=WRITES[name]) for name in WRITES}
    learned = {f"{model['basis']}: {key}": model[key] for model in models
               for key in ("method", "labelled", "churned")}  # fmt: skip
    return FitResult(tables, learned)


CHURN = Fit(name="churn", reads=READS, writes=WRITES, run=fit)
