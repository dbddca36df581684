r"""Exact moments of a family's mean refitted on its own draws: Poisson, Bernoulli, exponential rows.

Given fit X the mean B of n new rows has moments that are polynomials in X,

.. math:: E[(nB)^i \mid X] = \sum_s S(i, s)\,(nX)^s, \quad \sum_s S(i, s)\,(n)_s X^s, \quad (n)_{(i)}\,X^i

(S Stirling numbers of the second kind, falling and rising factorials), and the next fit is B under replacement and
:math:`((k-1)X + B)/k` at fit k of accumulated data. So the moments up to any power follow by a linear recursion in
rationals. Derived here; it uses neither the variance function nor the product law that it is held against.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import comb, prod

from groundwork.checks import choice, count

__all__ = ["FAMILIES", "error_moment", "raw_moments"]

FAMILIES = ("poisson", "bernoulli", "exponential")
Row = tuple[Fraction, ...]


@lru_cache(maxsize=256)
def _stirling(i: int, s: int) -> int:
    if i == s:
        return 1
    if s < 1 or s > i:
        return 0
    return s * _stirling(i - 1, s) + _stirling(i - 1, s - 1)


@lru_cache(maxsize=1024)
def _batch(family: str, n: int, i: int) -> Row:
    """Return the coefficients in X of E[B^i | X]."""
    if family == "exponential":
        rising = prod(range(n, n + i))
        return (*[Fraction(0)] * i, Fraction(rising, n**i))
    top = (lambda s: n**s) if family == "poisson" else (lambda s: prod(range(n - s + 1, n + 1)))
    return tuple(Fraction(_stirling(i, s) * top(s), n**i) for s in range(i + 1))


@lru_cache(maxsize=1024)
def raw_moments(family: str, mean: Fraction, n: int, g: int, workflow: str, most: int) -> Row:
    """Return E X_g^j for j = 0, …, most, exactly.

    >>> raw_moments("poisson", Fraction(1), 4, 2, "accumulate", 2)
    (Fraction(1, 1), Fraction(1, 1), Fraction(21, 16))
    """
    choice("family", family, FAMILIES)
    choice("workflow", workflow, ("replace", "accumulate"))
    if count("g", g, least=0) == 0:
        return tuple(Fraction(mean) ** j for j in range(most + 1))
    before = raw_moments(family, mean, n, g - 1, workflow, most)
    old = 0 if workflow == "replace" else g - 1
    return tuple(
        sum(
            (
                comb(j, i) * Fraction(old) ** (j - i) * coefficient * before[s + j - i]
                for i in range(j + 1)
                for s, coefficient in enumerate(_batch(family, n, i))
                if coefficient
            ),
            Fraction(0),
        )
        / Fraction(old + 1) ** j
        for j in range(most + 1)
    )


def error_moment(family: str, mean: Fraction, n: int, g: int, workflow: str, power: int) -> Fraction:
    """Return E (X_g - mean)^(2 power), the moment of the squared error.

    >>> error_moment("exponential", Fraction(1), 4, 1, "replace", 1)
    Fraction(1, 4)
    """
    raw, most = raw_moments(family, Fraction(mean), n, g, workflow, 2 * power), 2 * power
    return sum((comb(most, j) * (-Fraction(mean)) ** (most - j) * raw[j] for j in range(most + 1)), Fraction(0))
