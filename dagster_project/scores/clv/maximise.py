"""Maximum likelihood: log parameters, time rescaled, analytic gradients, L-BFGS-B."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.optimize import minimize

from dagster_project.scores.clv.counts import Counts, FloatArray, dot
from dagster_project.scores.clv.likelihood import PARAMETERS, likelihood_of

# Logs of parameters stay in here; a degenerate fit runs into the wall instead of to infinity.
_BOUND = 14.0
# Slope of the mean log-likelihood in log parameters below which a point counts as the top.
_FLAT = 1e-5
# Slope at which Newton steps end.
_TOP = 1e-9
_NEWTON_STEPS = 12
_STEP = 1e-4
# From so many distinct histories on the top is first looked for among rounded ones.
_MANY = 20_000
_ROUGH_DAYS = 28
# In units of the longest age. The second start is for where the first ends without a top.
_STARTS = {2: ((0.5, 0.2),), 4: ((0.5, 0.2, 0.8, 2.5), (1.0, 1.0, 0.1, 10.0))}


Loss: TypeAlias = Callable[[FloatArray], tuple[float, FloatArray]]


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

    Many histories are first rounded to months: there the top is found and the curvature measured,
    cheaply; from there a few Newton steps with that curvature reach the top of the exact ones.

    Args:
        model: a key of ``PARAMETERS``.
        counts: at least one buyer with a repeat purchase.
    """
    scale = max(float(counts.age.max()), 1.0)
    exact = _loss(model, counts.in_units_of(scale))
    found = None
    if counts.n.size > _MANY:
        rounded = _loss(model, counts.rounded(_ROUGH_DAYS).in_units_of(scale))
        near = _climb(rounded, model)
        found = _polish(exact, _curvature(rounded, near), near)
    logs = _climb(exact, model) if found is None else found
    loss, slope = exact(logs)
    top = bool(np.all(np.abs(slope[np.abs(logs) < _BOUND]) < _FLAT))
    theta = dict(zip(PARAMETERS[model], np.exp(logs).tolist(), strict=True))
    theta["alpha"] *= scale
    buyers = float(counts.n.sum())
    value = -loss * buyers - np.log(scale) * dot(counts.x, counts.n)
    return Estimate(model, theta, float(value), top)


def _loss(model: str, counts: Counts) -> Loss:
    """Mean negative log-likelihood of a buyer and its slope, in log parameters."""
    function, buyers = likelihood_of(model), float(counts.n.sum())

    def loss(logs: FloatArray) -> tuple[float, FloatArray]:
        theta = np.exp(logs)
        value, gradient = function(theta, counts)
        return -value / buyers, -gradient * theta / buyers

    return loss


def _climb(loss: Loss, model: str) -> FloatArray:
    """The best point that L-BFGS-B finds; a further start is tried where one ends with a slope."""
    best = None
    for start in _STARTS[len(PARAMETERS[model])]:
        end = minimize(
            loss, np.log(start), jac=True, method="L-BFGS-B",
            bounds=[(-_BOUND, _BOUND)] * len(start),
            options={"maxiter": 1000, "ftol": 1e-15, "gtol": 1e-9, "maxcor": 20},
        )  # fmt: skip
        if best is None or end.fun < best.fun:
            best = end
        if np.all(np.abs(loss(best.x)[1]) < _FLAT):
            break
    assert best is not None
    return best.x


def _curvature(loss: Loss, at: FloatArray) -> FloatArray:
    """The matrix of second derivatives, from differences of slopes."""
    steps = _STEP * np.eye(at.size)
    rows = np.array([(loss(at + step)[1] - loss(at - step)[1]) / (2 * _STEP) for step in steps])
    return (rows + rows.T) / 2


def _polish(loss: Loss, curvature: FloatArray, start: FloatArray) -> FloatArray | None:
    """Newton steps with a fixed curvature; None where they do not lead to a top."""
    if np.linalg.eigvalsh(curvature).min() <= _FLAT or np.any(np.abs(start) >= _BOUND):
        return None
    at, before = start, np.inf
    for _ in range(_NEWTON_STEPS):
        slope = loss(at)[1]
        steep = float(np.abs(slope).max())
        if steep < _TOP:
            return at
        if steep > before / 2:
            return None
        at, before = at - np.linalg.solve(curvature, slope), steep
    return None
