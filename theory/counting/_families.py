"""The six natural exponential families with quadratic variance V(mu) = v0 + v1 mu + v2 mu^2 (Morris 1982).

``binomial`` is the sum of r trials, ``negbin`` has r successes, ``gamma`` the shape r, ``secant`` is the
generalised hyperbolic secant law of shape r; ``bernoulli`` and ``exponential`` are the cases r = 1, and
``normal`` has variance 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groundwork.errors import BadInput

__all__ = ["FAMILIES", "Family", "family_at", "variance"]


@dataclass(frozen=True)
class Family:
    """A family: its variance coefficients as functions of r, and where its mean may be."""

    coefficients: Callable[[Any], tuple[Any, Any, Any]]
    low: float = -math.inf
    closed: bool = False
    takes_r: bool = False


#: The mean of a Bernoulli or binomial law may be an end of its range: the law is a point mass there.
FAMILIES = {
    "bernoulli": Family(lambda r: (0, 1, -1), 0, closed=True),
    "binomial": Family(lambda r: (0, 1, -1 / r), 0, closed=True, takes_r=True),
    "poisson": Family(lambda r: (0, 1, 0), 0),
    "normal": Family(lambda r: (1, 0, 0)),
    "exponential": Family(lambda r: (0, 0, 1), 0),
    "gamma": Family(lambda r: (0, 0, 1 / r), 0, takes_r=True),
    "negbin": Family(lambda r: (0, 1, 1 / r), 0, takes_r=True),
    "secant": Family(lambda r: (r, 0, 1 / r), takes_r=True),
}


def family_at(family: str, mu: float, r: float | None) -> Family:
    """Return the family once its mean and its shape are known to be possible."""
    entry = FAMILIES[family]
    if entry.takes_r and r is None:
        raise BadInput("r", r, f"a value: {family} has a shape", "for example r=2")
    if not entry.takes_r and r is not None:
        raise BadInput("r", r, f"left out when family = {family}", "it has no shape")
    if family == "binomial" and r is not None and r != round(r):
        raise BadInput("r", r, "an integer >= 1 when family = binomial", "it counts trials")
    high = {"bernoulli": 1.0, "binomial": r}.get(family)
    if high is not None and not 0 <= mu <= high:
        raise BadInput("mu", mu, f"a finite number >= 0 and <= {high:g}", f"the mean of a {family} law is in there")
    if high is None and not mu > entry.low:
        raise BadInput("mu", mu, "a finite number > 0", f"the mean of a {family} law is positive")
    return entry


def variance(coefficients: tuple[Any, Any, Any], mu: Any) -> Any:
    """Return V(mu) = v0 + v1 mu + v2 mu^2."""
    v0, v1, v2 = coefficients
    return v0 + mu * (v1 + v2 * mu)
