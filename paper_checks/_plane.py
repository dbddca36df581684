r"""W2^2 of one fit in the plane, Sigma = sigma^2 I: all its moments, by one integral.

With A the sum and B the product of the singular values of a v x 2 standard normal matrix, v = n - 1, the covariance
part is :math:`(A^2 - 2B)/v - 2A/\sqrt v + 2`, independent of the mean part, 2 Exp(1)/n. The density of (A, B) is
:math:`A B^{v-2} e^{-A^2/2 + B}/\Gamma(v - 1)` on 0 < B < A^2/4; with :math:`B = u A^2/4` the integral over A is a
Gamma function and that over u in (0, 1) is smooth. Derived here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import comb, factorial, lgamma, log
from typing import Any

import numpy as np

__all__ = ["plane_central", "plane_mixed", "plane_moment"]

Point = Mapping[str, Any]


@lru_cache(maxsize=256)
def plane_mixed(n: int, a: int, b: int) -> float:
    """Return E A^a B^b.

    >>> round(plane_mixed(5, 0, 0), 12), round(plane_mixed(5, 2, 0) - 2 * plane_mixed(5, 0, 1), 12)
    (1.0, 8.0)
    """
    v = n - 1
    nodes, weights = np.polynomial.legendre.leggauss(80)
    u, w = (nodes + 1) / 2, weights / 2
    half = a / 2 + b + v
    front = lgamma(half) - lgamma(v - 1) - (b + v - 1) * log(4) - log(2) + half * log(2)
    # One exponent: the powers alone would overflow.
    return float(w @ np.exp((b + v - 2) * np.log(u) - half * np.log1p(-u / 2) + front))


def _shape_moment(n: int, power: int) -> float:
    """Return E W^power of the covariance part, expanded in its four terms."""
    v, total = n - 1, 0.0
    for i in range(power + 1):
        for j in range(power + 1 - i):
            for k in range(power + 1 - i - j):
                rest = power - i - j - k
                many = factorial(power) / (factorial(i) * factorial(j) * factorial(k) * factorial(rest))
                front = many * v ** (-i - j - k / 2) * (-2.0) ** (j + k) * 2.0**rest
                total += front * plane_mixed(n, 2 * i + k, j)
    return total


def plane_moment(point: Point, power: int) -> float:
    """Return E (W2^2)^power after one fit in the plane.

    >>> round(plane_moment({"n": 20, "sigma": 1.0}, 1), 9)
    0.179191255
    """
    n = point["n"]
    parts = (comb(power, j) * factorial(j) * (2 / n) ** j * _shape_moment(n, power - j) for j in range(power + 1))
    return point["sigma"] ** (2 * power) * sum(parts)


def plane_central(point: Point, power: int) -> float:
    """Return E (W2^2 - E W2^2)^power.

    >>> round(plane_central({"n": 20, "sigma": 1.0}, 2), 9)
    0.014015758
    """
    m = plane_moment(point, 1)
    return sum(comb(power, j) * (-m) ** (power - j) * plane_moment(point, j) for j in range(power + 1))
