"""Order values: the Gamma-Gamma model by maximum likelihood on distinct (x, revenue).

Fader and Hardie (2013), The Gamma-Gamma Model of Monetary Value, equation 1a: a buyer's repeat
purchase is worth Gamma(p, nu), nu varies between buyers as Gamma(q, v). Values do not depend on how
often somebody buys; the correlation that says so is reported.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

from dagster_project.scores.clv.counts import FloatArray, IntArray, dot

MODEL = "Gamma-Gamma"
NAMES = ("p", "q", "v")
_BOUND = 12.0
_FLAT = 1e-5


@dataclass(frozen=True)
class Values:
    """Distinct (repeat purchases, their revenue) and the buyers who have them, all above 0."""

    x: IntArray
    revenue: FloatArray
    n: FloatArray

    @classmethod
    def of_rows(cls, x: IntArray, revenue: FloatArray, n: IntArray) -> Values:
        """Repeat buyers whose purchases brought more than nothing; the others are left out."""
        kept = (x > 0) & (revenue > 0)
        return cls(x[kept].astype(np.int64), revenue[kept], n[kept].astype(np.float64))

    @property
    def buyers(self) -> int:
        """All buyers in it."""
        return int(self.n.sum())

    @property
    def mean(self) -> FloatArray:
        """Revenue of a repeat purchase."""
        return self.revenue / self.x

    def correlation(self) -> float | None:
        """Of frequency and mean value over the buyers; None without variation."""
        if self.buyers == 0:
            return None
        x, value = self.x - dot(self.n, self.x) / self.buyers, self.mean
        value = value - dot(self.n, value) / self.buyers
        spread = np.sqrt(dot(self.n, x * x) * dot(self.n, value * value))
        return float(dot(self.n, x * value) / spread) if spread > 0 else None


@dataclass(frozen=True)
class ValueEstimate:
    """The end of the fit; ``v`` in the reporting currency."""

    theta: dict[str, float]
    log_likelihood: float
    converged: bool

    @property
    def usable(self) -> bool:
        """The mean order value exists, and the optimiser found the top."""
        return self.converged and self.theta["q"] > 1.0

    def expected(self, x: FloatArray, revenue: FloatArray) -> FloatArray:
        """Value of a buyer's next purchase, from the repeat purchases and their revenue.

        Revenue below 0 counts as 0. Without a repeat purchase: the mean of all buyers.
        """
        p, q, v = (self.theta[name] for name in NAMES)
        return p * (v + np.maximum(revenue, 0.0)) / (p * x + q - 1.0)


def _log_likelihood(theta: FloatArray, data: Values, mean: FloatArray) -> tuple[float, FloatArray]:
    p, q, v = theta
    x, n = data.x, data.n
    levels, at = np.unique(x, return_inverse=True)
    per_x = np.bincount(at, n)
    log_sum = np.log(x * mean + v)
    log_own = np.log(x * mean)
    buyers = float(n.sum())
    value = dot(per_x, gammaln(p * levels + q) - gammaln(p * levels))
    value += buyers * (q * np.log(v) - gammaln(q))
    value += dot(n, p * x * log_own - np.log(mean) - (p * x + q) * log_sum)
    both = digamma(p * levels + q)
    by_p = dot(per_x, levels * (both - digamma(p * levels))) + dot(n, x * (log_own - log_sum))
    by_q = dot(per_x, both) + buyers * (np.log(v) - digamma(q)) - dot(n, log_sum)
    by_v = buyers * q / v - dot(n, (p * x + q) / (x * mean + v))
    return value, np.array([by_p, by_q, by_v])


def fit_values(data: Values) -> ValueEstimate:
    """The parameters under which the order values are likeliest; needs one buyer at least."""
    buyers = float(data.n.sum())
    scale = dot(data.n, data.mean) / buyers
    mean = data.mean / scale

    def loss(logs: FloatArray) -> tuple[float, FloatArray]:
        theta = np.exp(logs)
        value, gradient = _log_likelihood(theta, data, mean)
        return -value / buyers, -gradient * theta / buyers

    end = minimize(
        loss, np.log([2.0, 3.0, 1.0]), jac=True, method="L-BFGS-B", bounds=[(-_BOUND, _BOUND)] * 3,
        options={"maxiter": 1000, "ftol": 1e-15, "gtol": 1e-9, "maxcor": 20},
    )  # fmt: skip
    _, slope = loss(end.x)
    theta = dict(zip(NAMES, np.exp(end.x).tolist(), strict=True))
    theta["v"] *= scale
    top = bool(np.all(np.abs(slope) < _FLAT) and np.all(np.abs(end.x) < _BOUND))
    return ValueEstimate(theta, -end.fun * buyers - buyers * float(np.log(scale)), top)
