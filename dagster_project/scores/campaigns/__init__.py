"""What campaigns add: members contacted against members held out."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from dagster_project.scores.fit import Fit, FitResult, Inputs
from dagster_project.scores.moments import Moments, two_proportions, welch

LIFT = pa.schema(
    [("campaign_key", pa.string()), ("metric", pa.string())]
    + [(f"{group}_members", pa.int64()) for group in ("treated", "holdout")]
    + [
        (name, pa.float64())
        for name in ("treated_mean", "holdout_mean", "difference", "ci_low", "ci_high", "p_value")
    ]
)
READS = {
    "moments": """
        select
            treated.campaign_key,
            treated.metric,
            treated.members as treated_members,
            treated.total as treated_total,
            treated.total_square as treated_square,
            holdout.members as holdout_members,
            holdout.total as holdout_total,
            holdout.total_square as holdout_square
        from scores.scr_campaign_lift_input as treated
        inner join scores.scr_campaign_lift_input as holdout
            on treated.campaign_key = holdout.campaign_key
            and treated.metric = holdout.metric
        where not treated.is_control and holdout.is_control
        order by treated.campaign_key, treated.metric""",
    "rules": "select cast(confidence as double) as confidence from rules.marketing_rules",
}


def _group(rows: pa.Table, name: str) -> Moments:
    parts = ("members", "total", "square")
    return Moments.of(*[rows[f"{name}_{part}"].to_numpy().astype(float) for part in parts])


def fit(inputs: Inputs, as_of: date) -> FitResult:
    """Every campaign with a hold-out and every metric."""
    del as_of  # the inputs are those of the day
    rows = inputs["moments"]
    confidence = inputs["rules"]["confidence"][0].as_py()
    treated, holdout = _group(rows, "treated"), _group(rows, "holdout")
    share = two_proportions(treated, holdout, confidence)
    mean = welch(treated, holdout, confidence)
    is_share = np.array([metric == "conversion" for metric in rows["metric"].to_pylist()], bool)
    found = [treated.mean, holdout.mean] + [
        np.where(is_share, getattr(share, name), getattr(mean, name))
        for name in ("estimate", "low", "high", "p_value")
    ]
    columns = [
        rows[name] for name in ("campaign_key", "metric", "treated_members", "holdout_members")
    ] + [pa.array(values, pa.float64(), from_pandas=True) for values in found]
    table = pa.Table.from_arrays(columns, names=LIFT.names).cast(LIFT)
    campaigns = len({*rows["campaign_key"].to_pylist()})
    return FitResult({"scr_campaign_lift": table}, {"campaigns with a hold-out": campaigns})


CAMPAIGNS = Fit(
    name="campaigns",
    reads=READS,
    writes={"scr_campaign_lift": LIFT},
    run=fit,
)
