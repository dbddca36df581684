r"""The law and the moments of W2^2 of a refitted Gaussian, exact at every generation.

In units of sigma the distance at generation g is :math:`V Z^2 + (P - 1)^2`: P = sigma_g/sigma is a product of g
chi-square roots, V = sum of P_{i-1}^2/n is the variance of the centre given the scales, Z is standard normal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from math import comb, exp, lgamma, log
from typing import Any

import numpy as np

__all__ = ["central", "first_law", "moment", "scale_law"]

Point = Mapping[str, Any]


@cache
def _joint(n: int, g: int, a: int, b: int) -> float:
    """Return E V^a P^b after g fits: the last chi-square is independent of the generations before it."""
    if g == 0:
        return float(a == 0)
    k = n - 1
    root = exp(b / 2 * log(2 / k) + lgamma((k + b) / 2) - lgamma(k / 2))
    earlier = (comb(a, j) * _joint(n, g - 1, a - j, b + 2 * j) / n**j for j in range(a + 1))
    return root * sum(earlier)


def moment(point: Point, power: int) -> float:
    """Return E (W2^2)^power after g fits, by the recursion of the joint moments of (V, P).

    >>> round(moment({"n": 20, "g": 1, "sigma": 1.0}, 1), 12)
    0.076131464951
    """
    n, g, total = point["n"], point["g"], 0.0
    for j in range(power + 1):
        normal = 1.0
        for odd in range(1, 2 * j, 2):
            normal *= odd
        rest = 2 * (power - j)
        signed = ((-1) ** (rest - b) * comb(rest, b) * _joint(n, g, j, b) for b in range(rest + 1))
        total += comb(power, j) * normal * sum(signed)
    return total * point["sigma"] ** (2 * power)


def central(point: Point, power: int) -> float:
    """Return E (W2^2 - E W2^2)^power.

    >>> round(central({"n": 20, "g": 5, "sigma": 1.0}, 2), 6)
    0.210819
    """
    m = moment(point, 1)
    return sum(comb(power, j) * (-m) ** (power - j) * (moment(point, j) if j else 1.0) for j in range(power + 1))


def first_law(point: Point, *, dof: int = 0) -> Callable[[np.ndarray], np.ndarray]:
    """Return the distribution function of W2^2 at g = 1, integrated over the scale s = 1 + sqrt(x) sin t.

    ``dof`` degrees of freedom added to the chi-square make a mutant.

    >>> first_law({"n": 20, "g": 1, "sigma": 1.0})(np.array([0.01, 0.1])).round(6)
    array([0.127504, 0.736936])
    """
    from scipy import special

    n, k = point["n"], point["n"] - 1 + dof
    nodes, weights = np.polynomial.legendre.leggauss(64)
    above = 14 / np.sqrt(2 * k)
    below = min(1.0, above)
    front = (1 - k / 2) * log(2) - lgamma(k / 2) + log(k) / 2

    def cdf(x: np.ndarray) -> np.ndarray:
        root = np.sqrt(np.maximum(x, 0.0))[..., None] / point["sigma"]
        # No further than the scale lives: not below 0, and not beyond 14 of its standard deviations 1/sqrt(2 k).
        begin = -np.arcsin(below / np.maximum(root, below))
        width = (np.arcsin(above / np.maximum(root, above)) - begin) / 2
        t = begin + (nodes + 1) * width
        y = np.sqrt(k) * np.maximum(1 + root * np.sin(t), 0.0)
        density = np.exp(front + special.xlogy(k - 1, y) - y**2 / 2)
        inside = special.erf(np.sqrt(n / 2) * root * np.cos(t))
        return np.clip((density * inside * root * np.cos(t) * width) @ weights, 0.0, 1.0)

    return cdf


def scale_law(point: Point, *, more: int = 0) -> Callable[[np.ndarray], np.ndarray]:
    """Return the distribution function of ln sigma_g, inverted from its characteristic function (Gil-Pelaez 1951).

    E exp(it ln sigma_g) is the g-th power of a ratio of gamma functions; ``more`` generations make a mutant.

    >>> scale_law({"n": 20, "g": 5, "sigma": 1.0})(np.array([-0.5, 0.0])).round(6)
    array([0.162202, 0.632456])
    """
    from scipy import special

    half, g = (point["n"] - 1) / 2, point["g"] + more
    spread = np.sqrt(g * special.polygamma(1, half)) / 2
    nodes, weights = np.polynomial.legendre.leggauss(160)
    t = (nodes + 1) / 2 * 12 / spread
    phase = g * (special.loggamma(half + 0.5j * t) - special.loggamma(half) - 0.5j * t * np.log(half))
    phase = phase + 1j * t * np.log(point["sigma"])
    middle = log(point["sigma"]) + g * (special.digamma(half) - log(half)) / 2

    def cdf(x: np.ndarray) -> np.ndarray:
        # Beyond 12 standard deviations the tail is 0 and the oscillation would outrun the nodes.
        near = np.clip(x, middle - 12 * spread, middle + 12 * spread)
        wave = np.exp(phase - 1j * t * near[..., None]).imag / t
        return np.clip(0.5 - (wave @ weights) * 6 / spread / np.pi, 0.0, 1.0)

    return cdf
