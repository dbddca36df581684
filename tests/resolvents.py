"""Deterministic equivalents on another road: one self-consistent equation for a resolvent, and its derivative.

With S = X'X/n and rows of covariance diag(s), R(t) = (S + ridge + t B)^-1 has the equivalent (m s + ridge + t
b)^-1 for a diagonal B, where 1/m = 1 + tr(s R(t))/n. Then R B R = -dR/dt at t = 0. No implicit ridge and
no degrees of freedom appear.
"""

from __future__ import annotations

from typing import Any

import mpmath

DIGITS = 40


def resolvent(ridge: float, n: int, s: Any, b: Any, t: Any) -> list[Any]:
    """Return the diagonal of the equivalent of (S + ridge + t B)^-1, by bisection on m in (0, 1)."""
    s, b = [mpmath.mpf(float(x)) for x in s], [mpmath.mpf(float(x)) for x in b]
    ridge = mpmath.mpf(ridge)

    def entries(m: Any) -> list[Any]:
        return [1 / (m * x + ridge + t * y) for x, y in zip(s, b, strict=True)]

    low, high = mpmath.mpf(0), mpmath.mpf(1)
    for _ in range(int(3.4 * DIGITS)):
        middle = (low + high) / 2
        # m (1 + tr(s R)/n) rises with m.
        total = middle * (1 + mpmath.fsum(x * y for x, y in zip(s, entries(middle), strict=True)) / n)
        low, high = (middle, high) if total < 1 else (low, middle)
    return entries((low + high) / 2)


def sandwich(ridge: float, n: int, s: Any, b: Any) -> list[Any]:
    """Return the diagonal of the equivalent of R B R."""
    step = mpmath.mpf(10) ** (-DIGITS // 3)
    above, below = (resolvent(ridge, n, s, b, sign * step) for sign in (1, -1))
    return [(y - x) / (2 * step) for x, y in zip(above, below, strict=True)]


def bias(ridge: float, n: int, s: Any, w: Any) -> float:
    """Return ridge^2 w' R cov R w."""
    with mpmath.workdps(DIGITS):
        inner = sandwich(ridge, n, s, s)
        return float(mpmath.mpf(ridge) ** 2 * mpmath.fsum(float(y) ** 2 * x for x, y in zip(inner, w, strict=True)))


def variance(ridge: float, n: int, s: Any) -> float:
    """Return tr cov R^2 S/n = tr(cov R - ridge R cov R)/n."""
    with mpmath.workdps(DIGITS):
        plain = resolvent(ridge, n, s, s, mpmath.mpf(0))
        inner = sandwich(ridge, n, s, s)
        terms = (float(x) * p for x, p in zip(s, plain, strict=True))
        return float((mpmath.fsum(terms) - mpmath.mpf(ridge) * mpmath.fsum(inner)) / n)


def echo(ridge: float, n: int, s: Any, size: Any) -> float:
    """Return tr diag(size) S R cov R S = tr size (1 - ridge R) cov (1 - ridge R)."""
    with mpmath.workdps(DIGITS):
        lam = mpmath.mpf(ridge)
        plain = resolvent(ridge, n, s, s, mpmath.mpf(0))
        inner = sandwich(ridge, n, s, s)
        parts = (
            float(c) * (float(x) - 2 * lam * float(x) * p + lam**2 * q)
            for c, x, p, q in zip(size, s, plain, inner, strict=True)
        )
        return float(mpmath.fsum(parts))
