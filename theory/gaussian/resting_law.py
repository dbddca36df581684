"""The law of the point where the fitted mean comes to rest, as n grows: Student's t, whatever n was.

V, the limit of sum_i sigma_i^2/(n sigma^2), solves V = 1/n + S V'. Seen at the scale of n generations the
variance is a geometric Brownian motion, and its integral is 1/Gamma-distributed (Dufresne): shape 1 for the
unbiased estimator, shape 2 for the MLE, whose drift makes E V = 1. A normal law with variance 1/Gamma(a) is
Student's t with 2a degrees of freedom over sqrt(a).
"""

from __future__ import annotations

from typing import Any

from theory.numerics import mp
from theory.quantity import quantity
from theory.symbols import symbol

__all__ = ["resting_mean_tail"]


def _resting_mean_tail(estimator: str = "unbiased") -> Any:
    import sympy

    y = symbol("eps")
    if estimator == "unbiased":
        return 1 - y / sympy.sqrt(2 + y**2)
    return 1 - y * (y**2 + 3) / (y**2 + 2) ** sympy.Rational(3, 2)


@quantity(formula=_resting_mean_tail, source="derived here", status="asymptotic")
def resting_mean_tail(eps: float, estimator: str = "unbiased") -> Any:
    """Return lim_n P(|mu_inf - mu| > eps sigma) under replacement, a float.

    1 - y/sqrt(2 + y^2) with y = eps, Student's t with 2 degrees of freedom, for the unbiased estimator;
    1 - y (y^2 + 3)/(y^2 + 2)^{3/2}, t with 4 degrees of freedom over sqrt 2, for the MLE.

    >>> round(resting_mean_tail(1.0), 6), round(resting_mean_tail(1.0, "mle"), 6)
    (0.42265, 0.2302)
    """
    ctx = mp()
    square = ctx.mpf(eps) ** 2
    # 1 - y/sqrt(2 + y^2) = -expm1(-log1p(2/y^2)/2): no digits are lost far out.
    log_share = ctx.log1p(2 / square)
    if estimator == "unbiased":
        return -ctx.expm1(-log_share / 2)
    return -ctx.expm1(ctx.log1p(3 / square) - 3 * log_share / 2)
