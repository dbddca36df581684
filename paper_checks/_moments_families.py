r"""Moments of a mean refitted on draws of a family with quadratic variance: exact, of any order, by a linear recursion.

The cumulants of a natural exponential family follow from its variance function: :math:`\kappa_2 = V`,
:math:`\kappa_{j+1} = V \kappa_j'`. Those of a mean of n draws are :math:`\kappa_j/n^{j-1}`, polynomials of degree j in
mu. So the raw moments of the next fit up to order k are linear in those of the last one, under replacement and, where
the fit moves to the new batch by 1/g of the way, under accumulation.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import comb

import numpy as np
from numpy.polynomial import Polynomial

__all__ = ["central", "error_variance"]

#: Orders that are ever asked for: the spread of a squared squared error.
MOST = 8


@cache
def _means(curve: tuple[float, float, float], n: int, share: float) -> tuple[Polynomial, ...]:
    """Return E (m + share (x - m))^j, j = 0, …, MOST, as polynomials in m, x the mean of n draws of mean m."""
    cumulants = [Polynomial([0.0]), Polynomial([0.0]), Polynomial(curve)]
    while len(cumulants) <= MOST:
        cumulants.append(Polynomial(curve) * cumulants[-1].deriv())
    of_mean = [k * (share**j / n ** (j - 1)) if j else k for j, k in enumerate(cumulants)]
    # Moments about m from cumulants: mu_j = sum_i C(j-1, i-1) kappa_i mu_{j-i}.
    about = [Polynomial([1.0])]
    for j in range(1, MOST + 1):
        about.append(sum((comb(j - 1, i - 1) * of_mean[i] * about[j - i] for i in range(1, j + 1)), Polynomial([0.0])))
    here = Polynomial([0.0, 1.0])
    return tuple(
        sum((comb(j, i) * about[i] * here ** (j - i) for i in range(j + 1)), Polynomial([0.0])) for j in range(MOST + 1)
    )


@cache
def _raw(curve: tuple[float, float, float], mu: float, n: int, g: int, accumulates: bool) -> tuple[float, ...]:
    """Return E mu_g^j, j = 0, …, MOST."""
    moments = np.array([mu**j for j in range(MOST + 1)])
    for step in range(1, g + 1):
        maps = _means(curve, n, 1 / step if accumulates else 1.0)
        moments = np.array([each.coef @ moments[: len(each.coef)] for each in maps])
    return tuple(moments)


def central(curve: Sequence[float], mu: float, n: int, g: int, power: int, *, accumulates: bool = False) -> float:
    """Return E (mu_g - mu)^power for the variance function v0 + v1 mu + v2 mu^2, power up to 8.

    >>> round(central((0.0, 1.0, 0.0), 2.0, 10, 5, 2), 12)
    1.0
    >>> round(central((0.0, 0.0, 1.0), 1.0, 1, 2, 2, accumulates=True), 12)
    1.5
    """
    raw = _raw((float(curve[0]), float(curve[1]), float(curve[2])), mu, n, g, accumulates)
    return float(sum(comb(power, j) * raw[j] * (-mu) ** (power - j) for j in range(power + 1)))


def error_variance(curve: Sequence[float], mu: float, n: int, g: int, *, accumulates: bool = False) -> float:
    """Return the variance of (mu_g - mu)^2.

    >>> round(error_variance((1.0, 0.0, 0.0), 0.0, 2, 1), 9)
    0.5
    """
    fourth = central(curve, mu, n, g, 4, accumulates=accumulates)
    return fourth - central(curve, mu, n, g, 2, accumulates=accumulates) ** 2
