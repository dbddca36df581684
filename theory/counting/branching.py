"""A Poisson law refitted to its own mean is critical branching: extinction is certain and polynomially slow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from theory import forms
from theory.counting._branching import survival_exponent
from theory.numerics import mp, total
from theory.quantity import quantity
from theory.symbols import symbol

__all__ = [
    "poisson_extinction",
    "poisson_mean_alive",
    "poisson_variance",
    "poisson_w",
    "poisson_w_lower",
    "poisson_w_upper",
]

_RECURSION = r"w_1 = 1,\; w_{k+1} = 1 - e^{-w_k}"
_SCHEDULE = r"c_g = n_g,\; c_{j} = n_{j}\,(1 - e^{-c_{j+1}/n_{j}})"
_SOURCE = "the generating function of critical branching; derived here"


def _exponent(n: int | Sequence[int], g: int) -> Any:
    """Return c with P(theta_g = 0) = exp(-rate c): n w_g, or for a schedule one step per generation.

    E exp(-c theta_j) = E exp(-n_j theta_{j-1} (1 - exp(-c/n_j))), read from the last fit to the first.
    """
    ctx = mp()
    if not isinstance(n, Sequence):
        return n * survival_exponent(g)
    c = ctx.mpf(n[-1])
    for size in reversed(n[:-1]):
        c = -size * ctx.expm1(-c / size)
    return c


def _extinction(schedule: bool = False) -> str:
    if schedule:
        return r"e^{-\lambda c_1},\quad " + _SCHEDULE
    return r"e^{-n \lambda w_g},\quad " + _RECURSION


@quantity(formula=_extinction, source=_SOURCE)
def poisson_extinction(n: int | Sequence[int], rate: float, g: int) -> Any:
    """Return P(theta_g = 0) when a Poisson law is refitted to the mean of n draws, replace, a float.

    exp(-n rate w_g) with w_1 = 1, w_{k+1} = 1 - exp(-w_k): the sum of the draws is a critical
    Galton-Watson process with Poisson(1) offspring. Since w_g ~ 2/g, P(theta_g > 0) ~ 2 n rate/g.

    >>> round(poisson_extinction(2, 0.5, 1), 12)  # exp(-1)
    0.367879441171
    """
    return mp().exp(-mp().mpf(rate) * _exponent(n, g))


def _variance(schedule: bool = False) -> Any:
    return symbol("rate") * forms.every(lambda n: 1 / n, schedule)


@quantity(formula=_variance, source="derived here")
def poisson_variance(n: int | Sequence[int], rate: float, g: int) -> Any:
    """Return Var theta_g when a Poisson law is refitted to the mean of n draws, replace, a float.

    rate sum 1/n_j = g rate/n: it grows without bound although theta_g is 0 in the end.

    >>> poisson_variance(10, 2.0, 5)
    1.0
    """
    return mp().mpf(rate) * total(lambda size: mp().mpf(1) / size, n, g)


def _mean_alive(schedule: bool = False) -> str:
    if schedule:
        return r"\frac{\lambda}{1 - e^{-\lambda c_1}},\quad " + _SCHEDULE
    return r"\frac{\lambda}{1 - e^{-n \lambda w_g}},\quad " + _RECURSION


@quantity(formula=_mean_alive, source=_SOURCE)
def poisson_mean_alive(n: int | Sequence[int], rate: float, g: int) -> Any:
    """Return E[theta_g given theta_g > 0] when a Poisson law is refitted to its own mean, replace, a float.

    E theta_g = rate, all of it on the survivors: rate/(1 - exp(-n rate w_g)) ~ g/(2n).

    >>> round(poisson_mean_alive(2, 0.5, 1), 12)  # 1/(2 - 2/e)
    0.790988353435
    """
    rate_exactly = mp().mpf(rate)
    return -rate_exactly / mp().expm1(-rate_exactly * _exponent(n, g))


@quantity(formula=lambda: r"w_g,\quad " + _RECURSION, source=_SOURCE)
def poisson_w(g: int) -> Any:
    """Return w_g of the recursion w_1 = 1, w_{k+1} = 1 - exp(-w_k), a float.

    g w_g tends to 2, with 1/w_g = g/2 + (ln g)/6 + O(1). Any g: beyond a few hundred steps the Abel
    function of the recursion replaces the walk.

    >>> round(poisson_w(2), 12)  # 1 - 1/e
    0.632120558829
    """
    return survival_exponent(g)


def _w_upper() -> Any:
    return 2 / (symbol("g") + 1)


@quantity(formula=_w_upper, source="derived here")
def poisson_w_upper(g: int) -> Any:
    """Return 2/(g + 1), an upper bound on `poisson_w` at every g, a float.

    1/(1 - exp(-w)) = 1/2 + coth(w/2)/2 and coth y >= 1/y, so 1/w grows by at least 1/2 a step from
    1/w_1 = 1. Equality at g = 1.

    >>> poisson_w_upper(3)
    0.5
    """
    return mp().mpf(2) / (g + 1)


def _w_lower() -> Any:
    k = forms.index("k")
    harmonic = forms.add_up(1 / k, (k, 1, symbol("g")))
    return 2 / (symbol("g") + 1 + (harmonic - 1) / 3)


@quantity(formula=_w_lower, source="derived here")
def poisson_w_lower(g: int) -> Any:
    """Return 2/(g + 1 + (H_g - 1)/3), a lower bound on `poisson_w` at every g, a float.

    coth y <= 1/y + y/3, so a step adds at most 1/2 + w_k/12 to 1/w_k, and w_k <= 2/(k + 1) by the upper
    bound: the sum of 1/(6(k + 1)) over the steps is (H_g - 1)/6. H_g = 1 + 1/2 + … + 1/g.

    >>> round(poisson_w_lower(2), 12)  # 12/19
    0.631578947368
    """
    return 2 / (g + 1 + (mp().harmonic(g) - 1) / 3)
