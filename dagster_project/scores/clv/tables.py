"""The tables the fit writes, and how its findings become their rows."""

from __future__ import annotations

import pyarrow as pa

from dagster_project.scores.clv.choice import Choice
from dagster_project.scores.clv.likelihood import PARAMETERS

PARAMETER = pa.schema(
    [
        ("basis", pa.string()),
        ("model", pa.string()),
        ("parameter", pa.string()),
        ("value", pa.float64()),
        ("log_likelihood", pa.float64()),
        ("converged", pa.bool_()),
        ("degenerate", pa.bool_()),
        ("is_chosen", pa.bool_()),
    ]
)
WRITES = {"scr_clv_parameter": PARAMETER}
DESCRIBES = {
    "scr_clv_parameter": "A parameter of a purchase or value model, with how the fit ended.",
}


def parameter_rows(basis: str, choice: Choice) -> list[dict[str, object]]:
    """One row a parameter of every model fitted."""
    return [
        {
            "basis": basis,
            "model": model,
            "parameter": name,
            "value": estimate.theta[name],
            "log_likelihood": estimate.log_likelihood,
            "converged": estimate.converged,
            "degenerate": choice.degenerate[model],
            "is_chosen": model == choice.chosen,
        }
        for model, estimate in choice.estimates.items()
        for name in PARAMETERS[model]
    ]
