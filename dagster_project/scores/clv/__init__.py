"""What members will buy and be worth: purchase models by maximum likelihood. See docs/clv.md."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.scores.clv import backtest, picture, tables
from dagster_project.scores.clv import rules as rule_file
from dagster_project.scores.clv.choice import Choice, fit_models, score
from dagster_project.scores.clv.counts import Counts
from dagster_project.scores.clv.gamma_gamma import Values
from dagster_project.scores.clv.rules import ClvRules
from dagster_project.scores.fit import Fit, FitResult, Inputs

_HISTORY = ["frequency", "recency_days", "age_days", "members"]
_SHOWN_PARAMETERS = [
    *("model", "parameter", "value", "log_likelihood", "converged", "degenerate", "is_chosen")
]
_SHOWN_BACKTEST = [
    *("decile", "members", "predicted_orders", "actual_orders"),
    *("mae", "rmse", "own_rate_rmse", "zero_rmse"),
]
READS = {
    "rules": rule_file.QUERY,
    "counts": """
        select basis, frequency, recency_days, age_days, members
        from scores.scr_clv_input order by basis, frequency, recency_days, age_days""",
    "values": """
        select basis, frequency, cast(repeat_revenue as double) as repeat_revenue, members
        from scores.scr_clv_value_input order by basis, frequency, repeat_revenue""",
    "window": """
        select frequency, recency_days, age_days, members, holdout_frequency, window_days,
            cast(repeat_revenue as double) as repeat_revenue,
            cast(holdout_revenue as double) as holdout_revenue
        from scores.scr_clv_backtest_input
        order by frequency, recency_days, age_days, holdout_frequency""",
    "tracking": """
        select days_ago, cast(first_buyers as double) as first_buyers,
            cast(repeat_purchases as double) as repeat_purchases
        from scores.scr_clv_tracking_input order by days_ago""",
}


def _basis(rows: pa.Table, basis: str) -> pa.Table:
    return rows.filter(pc.equal(rows["basis"], basis))


def _choice(inputs: Inputs, basis: str, rules: ClvRules) -> tuple[Choice, Counts]:
    histories, worth = _basis(inputs["counts"], basis), _basis(inputs["values"], basis)
    counts = Counts.of_days(*(histories[name].to_numpy() for name in _HISTORY))
    values = Values.of_rows(*(worth[name].to_numpy() for name in worth.column_names[1:]))
    return fit_models(counts, values, rules), counts


def _backtest(choice: Choice, rows: pa.Table) -> list[dict[str, object]]:
    if choice.estimate is None:
        return []
    columns = {name: rows[name].to_numpy() for name in rows.column_names}
    window = backtest.Window(
        counts=Counts.of_days(*(columns[name] for name in _HISTORY)),
        actual=columns["holdout_frequency"],
        repeat_revenue=columns["repeat_revenue"],
        revenue=columns["holdout_revenue"],
        days=int(columns["window_days"].max()),
    )
    return backtest.rows(choice, window)


def fit(inputs: Inputs, as_of: date) -> FitResult:
    """Fit the models on the whole history and, for the backtest, on all but its last window."""
    rules = ClvRules.of(inputs["rules"])
    choice, counts = _choice(inputs, "fit", rules)
    before, known = _choice(inputs, "backtest", rules)
    parameters = tables.parameter_rows("fit", choice, counts.buyers)
    parameters += tables.parameter_rows("backtest", before, known.buyers)
    tested = _backtest(before, inputs["window"])
    scores = tables.SCORE.empty_table()
    if choice.estimate is not None:
        histories = _basis(inputs["counts"], "fit")
        scores = tables.score_table(histories, score(choice, counts, rules))
    return FitResult(
        {
            "scr_clv_parameter": pa.Table.from_pylist(parameters, schema=tables.PARAMETER),
            "scr_clv_score": scores,
            "scr_clv_backtest": pa.Table.from_pylist(tested, schema=tables.BACKTEST),
        },
        _measures(choice, tested, rules),
        _markdown(inputs, before, parameters, tested, as_of),
    )


def _measures(
    choice: Choice, tested: list[dict[str, object]], rules: ClvRules
) -> dict[str, float | int | str | bool]:
    found: dict[str, float | int | str | bool] = {"model": choice.chosen or "none"}
    if choice.reason:
        found["reason"] = choice.reason
    if choice.correlation is not None:
        found["frequency_value_correlation"] = choice.correlation
        found["values_depend_on_frequency"] = abs(choice.correlation) > rules.max_value_correlation
    names = ("members", "actual_orders", "predicted_orders", "rmse", "own_rate_rmse", "correlation")
    found |= {f"backtest_{name}": tested[0][name] for name in names if tested and tested[0][name]}  # type: ignore[misc]
    return found


def _markdown(
    inputs: Inputs,
    before: Choice,
    parameters: list[dict[str, object]],
    tested: list[dict[str, object]],
    as_of: date,
) -> dict[str, str]:
    shown = [row for row in parameters if row["basis"] == "fit"]
    found = {"parameters": picture.table(shown, _SHOWN_PARAMETERS)}
    if not tested:
        return found
    found["backtest"] = picture.table(tested, _SHOWN_BACKTEST)
    track = inputs["tracking"]
    weeks = picture.tracking(before, *(track[name].to_numpy() for name in track.column_names))
    found["picture"] = picture.png(weeks, tested, as_of, int(tested[0]["window_days"]))  # type: ignore[call-overload]
    return found


CLV = Fit(
    name="clv",
    reads=READS,
    writes=tables.WRITES,
    run=fit,
)
