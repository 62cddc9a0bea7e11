"""How unlikely a number of purchases is: the tail of the Poisson distribution."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
from scipy.stats import poisson

from dagster_project.scores.fit import Fit, FitResult, Inputs

TAIL = pa.schema(
    [("observed", pa.int32()), ("expected", pa.decimal128(18, 6)), ("p_value", pa.float64())]
)
QUERY = """
select observed, expected, pairs
from scores.scr_anomaly_input
order by observed, expected
"""


def upper_tail(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """P(X >= observed) for X Poisson with mean ``expected``; 1 where nothing was observed.

    Args:
        observed: whole numbers, 0 and up.
        expected: means, 0 and up; where it is 0, anything observed has probability 0.
    """
    return np.where(observed > 0, poisson.sf(observed - 1, expected), 1.0)


def fit(inputs: Inputs, as_of: date) -> FitResult:
    """The tail of every distinct pair."""
    del as_of  # the inputs are those of the day
    rows = inputs["pairs"]
    tail = upper_tail(rows["observed"].to_numpy(), rows["expected"].to_numpy().astype(float))
    columns = [rows["observed"].cast(pa.int32()), rows["expected"], pa.array(tail, pa.float64())]
    table = pa.Table.from_arrays(columns, schema=TAIL)
    return FitResult({"scr_anomaly_tail": table}, {"distinct pairs": rows.num_rows})


ANOMALY = Fit(
    name="anomaly",
    reads={"pairs": QUERY},
    writes={"scr_anomaly_tail": TAIL},
    run=fit,
)
