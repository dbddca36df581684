r"""Moments of logarithms and divergences of a refitted Gaussian (unbiased, replace), to 30 digits.

With M the error of the mean and s the variance over the real one, a fit maps M to :math:`M + z \sqrt{s/n}` and s to
s S, S chi-square over its k = n - 1 degrees of freedom. So :math:`F_a(h) = E M^{2a} s^h` follows a recursion for
every real h, and :math:`E M^{2a} s^h (\ln s)^j` is its j-th derivative. Derived here; sigma = 1, mu = 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import comb, factorial, prod
from typing import Any

__all__ = ["divergence_moment", "from_cumulants", "log_chi_square_cumulants"]

Point = Mapping[str, Any]

#: Twice a divergence as {(power of M^2, power of s, power of ln s): coefficient}.
_FIT_TRUE = {(0, 1, 0): 1, (1, 0, 0): 1, (0, 0, 0): -1, (0, 0, 1): -1}
_TRUE_FIT = {(0, -1, 0): 1, (1, -1, 0): 1, (0, 0, 0): -1, (0, 0, 1): 1}
_DIGITS = 40


def divergence_moment(point: Point, direction: str, power: int) -> float:
    """Return E KL^power at generation g, ``direction`` fit_true for KL(model, truth) or true_fit for the other.

    >>> round(divergence_moment({"n": 20, "g": 2}, "fit_true", 1), 12)
    0.103553922204
    """
    total: dict[tuple[int, int, int], Any] = {(0, 0, 0): 1}
    for _ in range(power):
        grown: dict[tuple[int, int, int], Any] = {}
        for (a, h, j), weight in total.items():
            for (b, i, k), other in (_FIT_TRUE if direction == "fit_true" else _TRUE_FIT).items():
                key = (a + b, h + i, j + k)
                grown[key] = grown.get(key, 0) + weight * other
        total = grown
    mp = _mp()
    terms = (weight * _derivatives(point["n"], point["g"], a, h, power)[j] for (a, h, j), weight in total.items())
    return float(mp.fsum(terms) / 2**power)


@cache
def _mp() -> Any:
    import mpmath

    context = mpmath.mp.clone()
    context.dps = _DIGITS
    return context


@cache
def _derivatives(n: int, g: int, a: int, h: int, most: int) -> list[Any]:
    """Return F_a(h) and its derivatives up to the one of that order."""
    series = _series(n, g, a, h, most)
    return [term * factorial(j) for j, term in enumerate(series)]


@cache
def _series(n: int, g: int, a: int, h: int, most: int) -> tuple[Any, ...]:
    """Return the Taylor coefficients of E M^(2a) s^(h + x) in x."""
    mp = _mp()
    if g == 0:
        return (mp.mpf(a == 0), *(mp.mpf(0),) * most)
    before = [mp.mpf(0)] * (most + 1)
    for i in range(a + 1):
        weight = mp.mpf(comb(2 * a, 2 * i) * prod(range(1, 2 * i, 2))) / n**i
        for j, term in enumerate(_series(n, g - 1, a - i, h + i, most)):
            before[j] += weight * term
    step = _step(n, h, most)
    return tuple(mp.fsum(step[i] * before[j - i] for i in range(j + 1)) for j in range(most + 1))


@cache
def _step(n: int, h: int, most: int) -> tuple[Any, ...]:
    """Return the Taylor coefficients of E S^(h + x), from those of its logarithm."""
    mp, half = _mp(), _mp().mpf(n - 1) / 2
    log = [mp.loggamma(half + h) - mp.loggamma(half) - h * mp.log(half), mp.digamma(half + h) - mp.log(half)]
    log += [mp.psi(j - 1, half + h) / factorial(j) for j in range(2, most + 1)]
    terms = [mp.exp(log[0])]
    for j in range(1, most + 1):
        terms.append(mp.fsum(i * log[i] * terms[j - i] for i in range(1, j + 1)) / j)
    return tuple(terms)


def log_chi_square_cumulants(dof: int, divisor: int, most: int = 4) -> tuple[float, ...]:
    """Return the cumulants of ln(chi-square/divisor), the mean first.

    >>> round(log_chi_square_cumulants(2, 2)[0], 12)  # -gamma
    -0.577215664902
    """
    from scipy import special

    half = dof / 2
    mean = float(special.digamma(half)) - float(special.xlogy(1, divisor / 2))
    return (mean, *(float(special.polygamma(j - 1, half)) for j in range(2, most + 1)))


def from_cumulants(cumulants: tuple[float, ...], power: int) -> float:
    """Return the raw moment of that power from the cumulants.

    >>> from_cumulants((1.0, 2.0, 0.0, 0.0), 2)
    3.0
    """
    if power == 0:
        return 1.0
    terms = (comb(power - 1, j) * cumulants[j] * from_cumulants(cumulants, power - 1 - j) for j in range(power))
    return sum(terms)
