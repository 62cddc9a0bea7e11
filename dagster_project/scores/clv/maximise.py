"""Maximum likelihood: log parameters, time rescaled, analytic gradients, L-BFGS-B."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from dagster_project.scores.clv.counts import Counts, FloatArray, dot
from dagster_project.scores.clv.likelihood import PARAMETERS, likelihood_of

# Logs of parameters stay in here; a degenerate fit runs into the wall instead of to infinity.
_BOUND = 14.0
# Slope of the mean log-likelihood in log parameters below which a point counts as the top.
_FLAT = 1e-5
# In units of the longest age. The second start is for where the first ends without a top.
_STARTS = {2: ((0.5, 0.2),), 4: ((0.5, 0.2, 0.8, 2.5), (1.0, 1.0, 0.1, 10.0))}


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
    scaled = counts.in_units_of(scale)
    function, buyers = likelihood_of(model), counts.n.sum()

    def loss(logs: FloatArray) -> tuple[float, FloatArray]:
        theta = np.exp(logs)
        value, gradient = function(theta, scaled)
        return -value / buyers, -gradient * theta / buyers

    names = PARAMETERS[model]
    best, top = None, False
    for start in _STARTS[len(names)]:
        end = minimize(
            loss, np.log(start), jac=True, method="L-BFGS-B",
            bounds=[(-_BOUND, _BOUND)] * len(names),
            options={"maxiter": 1000, "ftol": 1e-15, "gtol": 1e-9, "maxcor": 20},
        )  # fmt: skip
        if best is None or end.fun < best.fun:
            best = end
            inside = np.abs(best.x) < _BOUND
            top = bool(np.all(np.abs(loss(best.x)[1][inside]) < _FLAT))
        if top:
            break
    assert best is not None
    theta = dict(zip(names, np.exp(best.x).tolist(), strict=True))
    theta["alpha"] *= scale
    value = -best.fun * buyers - np.log(scale) * dot(counts.x, counts.n)
    return Estimate(model, theta, float(value), top)
