"""The tables the fit writes, and how its findings become their rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from dagster_project.scores.clv.backtest import PREDICTORS
from dagster_project.scores.clv.choice import HORIZONS, Choice
from dagster_project.scores.clv.gamma_gamma import MODEL, NAMES
from dagster_project.scores.clv.likelihood import PARAMETERS

_FIGURES = ("predicted_orders", "bias", "mae", "rmse", "correlation", "top_decile_value_share")

PARAMETER = pa.schema(
    [
        ("basis", pa.string()), ("model", pa.string()), ("parameter", pa.string()),
        ("value", pa.float64()), ("log_likelihood", pa.float64()), ("converged", pa.bool_()),
        ("degenerate", pa.bool_()), ("is_chosen", pa.bool_()), ("reason", pa.string()),
        ("value_correlation", pa.float64()), ("buyers", pa.int64()),
    ]
)  # fmt: skip
SCORE = pa.schema(
    [
        ("frequency", pa.int64()), ("recency_days", pa.int64()), ("age_days", pa.int64()),
        ("p_alive", pa.float64()), ("p_alive_mbg", pa.float64()),
        *((f"expected_orders_{days}d", pa.float64()) for days in HORIZONS),
        *((f"discounted_orders_{days}d", pa.float64()) for days in HORIZONS),
        ("discounted_orders_total", pa.float64()),
    ]
)  # fmt: skip
BACKTEST = pa.schema(
    [
        ("decile", pa.int64()), ("window_days", pa.int64()), ("members", pa.int64()),
        ("actual_orders", pa.int64()), ("actual_revenue", pa.float64()),
        ("predicted_revenue", pa.float64()),
        *((f"{who}{figure}", pa.float64()) for who in PREDICTORS for figure in _FIGURES),
    ]
)  # fmt: skip
WRITES = {
    "scr_clv_parameter": PARAMETER,
    "scr_clv_score": SCORE,
    "scr_clv_backtest": BACKTEST,
}


def parameter_rows(basis: str, choice: Choice, buyers: int) -> list[dict[str, object]]:
    """One row a parameter of every model; a model that was not fitted has rows without values."""
    common = {
        "basis": basis,
        "reason": choice.reason,
        "value_correlation": choice.correlation,
        "buyers": buyers,
    }
    rows: list[dict[str, object]] = []
    for model, names in PARAMETERS.items():
        fitted = choice.estimates.get(model)
        ending = {
            "model": model,
            "log_likelihood": fitted.log_likelihood if fitted else None,
            "converged": bool(fitted and fitted.converged),
            "degenerate": choice.degenerate.get(model),
            "is_chosen": model == choice.chosen,
        }
        rows += [
            {**common, **ending, "parameter": name, "value": fitted.theta[name] if fitted else None}
            for name in names
        ]
    return rows + _value_rows(common, choice)


def _value_rows(common: dict[str, object], choice: Choice) -> list[dict[str, object]]:
    worth = choice.values
    ending = {
        "model": MODEL,
        "log_likelihood": worth.log_likelihood if worth else None,
        "converged": bool(worth and worth.converged),
        "degenerate": not worth.usable if worth else None,
        "is_chosen": bool(worth and worth.usable),
    }
    return [
        {**common, **ending, "parameter": name, "value": worth.theta[name] if worth else None}
        for name in NAMES
    ]


def score_table(histories: pa.Table, columns: dict[str, object]) -> pa.Table:
    """Histories beside their scores, in the order of ``SCORE``."""
    whole = {name: histories[name].cast(pa.int64()) for name in SCORE.names[:3]} | columns
    arrays = [
        pa.array(value, type=kind.type, from_pandas=False)
        if isinstance(value := whole[kind.name], list | np.ndarray)
        else value
        for kind in SCORE
    ]
    return pa.table(arrays, schema=SCORE)
