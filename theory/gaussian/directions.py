"""Directions of a refitted covariance in d dimensions: the rates at which they shrink, and the first step of W2."""

from __future__ import annotations

from typing import Any

import numpy as np

from groundwork.errors import BadInput
from theory.numerics import mp
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["lyapunov_exponent", "w2_leading", "w2_lower_bound"]


def _lyapunov_exponent() -> Any:
    import sympy

    n, axis = symbol("n"), symbol("axis")
    return (sympy.digamma((n - axis) / 2) - sympy.log((n - 1) / 2)) / 2


@quantity(
    formula=_lyapunov_exponent,
    source="derived here, from Bartlett's factor of a Wishart matrix",
    domains={"n": domain("n", kind="integer", low=2)},
)
def lyapunov_exponent(n: int, axis: int) -> Any:
    """Return the rate per generation of ln of the axis-th largest standard deviation (unbiased, replace), a float.

    [digamma((n - axis)/2) - ln((n - 1)/2)]/2. All are negative and they differ, so a covariance of any
    dimension above n tends to rank one on its way to 0.

    >>> round(lyapunov_exponent(8, 1), 4), round(lyapunov_exponent(8, 3), 4)
    (-0.0748, -0.2748)
    """
    if axis >= n:
        raise BadInput("axis", axis, f"below n = {n}", "n rows span n - 1 directions about their mean")
    ctx = mp()
    return (ctx.digamma(ctx.mpf(n - axis) / 2) - ctx.log(ctx.mpf(n - 1) / 2)) / 2


def _w2_leading() -> str:
    return (
        r"\frac{g}{n}\left(\frac{3}{2}\operatorname{tr}\Sigma"
        r" + \sum_{i<k}\frac{\ell_i \ell_k}{\ell_i + \ell_k}\right)"
    )


@quantity(formula=_w2_leading, source="derived here, from the Bures metric; d = 1 is arulandu2024, eq. (2)")
def w2_leading(n: int, g: int, cov: np.ndarray) -> Any:
    """Return the first term of E W2^2 in 1/n for a refitted Gaussian with covariance ``cov``, replace, a float.

    (g/n) [(3/2) tr cov + sum_{i<k} l_i l_k/(l_i + l_k)], l the eigenvalues; with the identity
    d (d + 5)/4. The remainder is O(1/n^2) at fixed g, for either estimator.

    >>> w2_leading(100, 1, [[1.0, 0.0], [0.0, 1.0]])
    0.035
    """
    ctx = mp()
    scales = [ctx.mpf(float(each)) for each in np.linalg.eigvalsh(cov) if each > 0]
    cross = ctx.fsum(a * b / (a + b) for i, a in enumerate(scales) for b in scales[:i])
    return g * (3 * ctx.fsum(scales) / 2 + cross) / n


def _w2_lower_bound() -> str:
    return r"\operatorname{tr}\Sigma \, \frac{g}{n}"


@quantity(formula=_w2_lower_bound, source="arulandu2024, section 3.1.1, for the sample mean")
def w2_lower_bound(n: int, g: int, cov: np.ndarray) -> Any:
    """Return the mean term of E W2^2, a lower bound of it (unbiased, replace), a float.

    tr cov g/n: the covariance part of W2^2, which the bound drops, is never negative. Its first order is
    at least half as large again, so the bound does not give the leading order of E W2^2.

    >>> w2_lower_bound(50, 10, [[4.0]])
    0.8
    """
    return mp().mpf(float(np.trace(cov))) * g / n
