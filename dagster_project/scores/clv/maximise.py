"""Maximum likelihood: log parameters, time rescaled, analytic gradients, L-BFGS-B."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from dagster_project.scores.clv.counts import Counts, FloatArray, dot
from dagster_project.scores.clv.likelihood import PARAMETERS, likelihood_of

# Logs of parameters stay in here; a degenerate fit runs into the wall instead of to infinity.
_BOUND = 14.0
# Slope of the mean log-likelihood in log parameters below which a point counts as the top.
_FLAT = 1e-5
_STARTS = {2: ((0.5, 1.0),), 4: ((0.5, 1.0, 0.5, 1.0), (1.0, 1.0, 0.1, 10.0))}


@dataclass(frozen=True)
class Estimate:
    """The end of one fit.

    Attributes:
        theta: parameters by name; alpha in weeks.
        log_likelihood: at ``theta``, times in weeks.
    """

    model: str
    theta: dict[str, float]
    log_likelihood: float
    converged: bool

    @property
    def vector(self) -> FloatArray:
        """The parameters in the order of the likelihood's arguments."""
        return np.array([self.theta[name] for name in PARAMETERS[self.model]])


def fit_purchases(model: str, counts: Counts) -> Estimate:
    """The parameters under which the histories are likeliest.

    Args:
        model: a key of ``PARAMETERS``.
        counts: at least one buyer with a repeat purchase.
    """
    scale = max(float(counts.age.max()), 1.0)
    scaled = replace(counts, t_x=counts.t_x / scale, age=counts.age / scale)
    function, buyers = likelihood_of(model), counts.n.sum()

    def loss(logs: FloatArray) -> tuple[float, FloatArray]:
        theta = np.exp(logs)
        value, gradient = function(theta, scaled)
        return -value / buyers, -gradient * theta / buyers

    names = PARAMETERS[model]
    ends = [
        minimize(
            loss, np.log(start), jac=True, method="L-BFGS-B",
            bounds=[(-_BOUND, _BOUND)] * len(names),
            options={"maxiter": 1000, "ftol": 1e-15, "gtol": 1e-9, "maxcor": 20},
        )
        for start in _STARTS[len(names)]
    ]  # fmt: skip
    best = min(ends, key=lambda end: end.fun)
    _, slope = loss(best.x)
    inside = np.abs(best.x) < _BOUND
    theta = dict(zip(names, np.exp(best.x).tolist(), strict=True))
    theta["alpha"] *= scale
    value = -best.fun * buyers - np.log(scale) * dot(counts.x, counts.n)
    return Estimate(model, theta, float(value), bool(np.all(np.abs(slope[inside]) < _FLAT)))
