"""Which model speaks: the wanted one, unless it says no more than the simplest."""

from __future__ import annotations

from dataclasses import dataclass

from dagster_project.scores.clv.counts import Counts
from dagster_project.scores.clv.likelihood import PARAMETERS, SHIFTS
from dagster_project.scores.clv.maximise import Estimate, fit_purchases
from dagster_project.scores.clv.rules import ClvRules

FALL_BACK = "NBD"


@dataclass(frozen=True)
class Choice:
    """All models fitted on one basis; ``chosen`` is None where there was too little to fit."""

    estimates: dict[str, Estimate]
    degenerate: dict[str, bool]
    chosen: str | None
    reason: str | None

    @property
    def estimate(self) -> Estimate | None:
        """The chosen model's."""
        return self.estimates[self.chosen] if self.chosen else None


def fit_models(counts: Counts, rules: ClvRules) -> Choice:
    """Fit every model and choose by rule."""
    if counts.buyers < rules.min_buyers or counts.repeat_buyers < rules.min_repeat_buyers:
        return Choice({}, {}, None, "too few buyers")
    estimates = {model: fit_purchases(model, counts) for model in PARAMETERS}
    degenerate = {
        model: model in SHIFTS and _is_degenerate(estimate, estimates[FALL_BACK], rules)
        for model, estimate in estimates.items()
    }
    wanted = rules.purchase_model
    if wanted == "best":
        wanted = max(SHIFTS, key=lambda model: estimates[model].log_likelihood)
    if degenerate[wanted]:
        return Choice(estimates, degenerate, FALL_BACK, f"{wanted} is degenerate")
    return Choice(estimates, degenerate, wanted, None)


def _is_degenerate(estimate: Estimate, simple: Estimate, rules: ClvRules) -> bool:
    """Whether the dropout part says nothing: no gain in likelihood, or nobody leaves."""
    a, b = estimate.theta["a"], estimate.theta["b"]
    gain = estimate.log_likelihood - simple.log_likelihood
    return gain < rules.min_gain_over_nbd or a / (a + b) < rules.min_dropout_share
