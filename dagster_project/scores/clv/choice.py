"""Which model speaks: the wanted one, unless it says no more than the simplest."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dagster_project.scores.clv.counts import DAYS_PER_WEEK, Counts, FloatArray
from dagster_project.scores.clv.expectation import orders_if_alive, p_alive, worth_if_alive
from dagster_project.scores.clv.gamma_gamma import ValueEstimate, Values, fit_values
from dagster_project.scores.clv.likelihood import PARAMETERS, SHIFTS
from dagster_project.scores.clv.maximise import Estimate, fit_purchases
from dagster_project.scores.clv.rules import ClvRules

FALL_BACK = "NBD"
TOO_FEW = "too few buyers"
NONE_CONVERGED = "no model converged"


@dataclass(frozen=True)
class Choice:
    """All models fitted on one basis.

    Attributes:
        estimates: per model; empty where there was too little to fit.
        degenerate: per model, whether it says no more than NBD.
        chosen: the model whose scores count; None where there was too little to fit, or no
            maximum (buyers who all buy alike).
        reason: why it is not the wanted one.
        values: the model of order values; None where there was too little to fit.
        correlation: of frequency and order value over the repeat buyers.
    """

    estimates: dict[str, Estimate] = field(default_factory=dict)
    degenerate: dict[str, bool] = field(default_factory=dict)
    chosen: str | None = None
    reason: str | None = TOO_FEW
    values: ValueEstimate | None = None
    correlation: float | None = None

    @property
    def estimate(self) -> Estimate | None:
        """The chosen model's."""
        return self.estimates[self.chosen] if self.chosen else None

    def orders(self, counts: Counts, days: FloatArray) -> FloatArray:
        """Expected purchase days within each of ``days``: shape (histories, horizons)."""
        assert self.estimate is not None
        alive = p_alive(self.estimate, counts)[:, None]
        return alive * orders_if_alive(self.estimate, counts, days / DAYS_PER_WEEK)

    def worth(self, counts: Counts, days: FloatArray, annual_rate: float) -> FloatArray:
        """The same, each purchase worth less the later it comes."""
        assert self.estimate is not None
        alive = p_alive(self.estimate, counts)[:, None]
        return alive * worth_if_alive(self.estimate, counts, days, annual_rate)


def fit_models(counts: Counts, values: Values, rules: ClvRules) -> Choice:
    """Fit every model and choose by rule."""
    if counts.buyers < rules.min_buyers or counts.repeat_buyers < rules.min_repeat_buyers:
        return Choice()
    estimates = {model: fit_purchases(model, counts) for model in PARAMETERS}
    degenerate = {
        model: model in SHIFTS and is_degenerate(estimate, estimates[FALL_BACK], rules)
        for model, estimate in estimates.items()
    }
    wanted = rules.purchase_model
    if wanted == "best":
        wanted = max(SHIFTS, key=lambda model: estimates[model].log_likelihood)
    chosen: str | None = wanted
    reason: str | None = None
    if degenerate[wanted] or not estimates[wanted].converged:
        chosen = FALL_BACK
        reason = f"{wanted} {'is degenerate' if degenerate[wanted] else 'did not converge'}"
    if not estimates[chosen].converged:
        chosen, reason = None, NONE_CONVERGED
    enough = values.buyers >= rules.min_repeat_buyers
    worth = fit_values(values) if enough else None
    return Choice(estimates, degenerate, chosen, reason, worth, values.correlation())


def is_degenerate(estimate: Estimate, simple: Estimate, rules: ClvRules) -> bool:
    """Whether the dropout part says nothing: no gain in likelihood, or nobody leaves."""
    a, b = estimate.theta["a"], estimate.theta["b"]
    gain = estimate.log_likelihood - simple.log_likelihood
    return gain < rules.min_gain_over_nbd or a / (a + b) < rules.min_dropout_share


HORIZONS = (90, 180, 365)


def score(choice: Choice, counts: Counts, rules: ClvRules) -> dict[str, FloatArray | list[object]]:
    """Columns of ``scr_clv_score``, one entry a history."""
    days = np.array(sorted({*HORIZONS, rules.total_horizon_days}), dtype=np.float64)
    orders = choice.orders(counts, np.array(HORIZONS, dtype=np.float64))
    worth = choice.worth(counts, days, rules.annual_discount_rate)
    at = {int(day): place for place, day in enumerate(days)}
    columns: dict[str, FloatArray | list[object]] = {
        f"expected_orders_{day}d": orders[:, place] for place, day in enumerate(HORIZONS)
    }
    columns |= {f"discounted_orders_{day}d": worth[:, at[day]] for day in HORIZONS}
    columns["discounted_orders_total"] = worth[:, at[rules.total_horizon_days]]
    return columns | {
        "p_alive": _alive(choice, choice.chosen, counts),
        "p_alive_mbg": _alive(choice, "MBG/NBD", counts),
    }


def _alive(choice: Choice, model: str | None, counts: Counts) -> FloatArray | list[object]:
    """Chance to be alive under a model, NULL where the model cannot tell."""
    if model not in SHIFTS or choice.degenerate[model] or not choice.estimates[model].converged:
        return [None] * counts.x.size
    return p_alive(choice.estimates[model], counts)
