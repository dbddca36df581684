r"""Survival of a count refitted to its own mean, by one recursion: :math:`w_1 = 1, w_{k+1} = 1 - e^{-w_k}`.

A Poisson sum has :math:`E e^{-cX'} = e^{-X(1 - e^{-c})}` given X, so P(X_k = 0) = exp(-n lambda w_k). A binomial one
has :math:`(1 - (X/n)(1 - e^{-c}))^n`, which is no larger because 1 - y <= e^{-y}: read from the last fit to the first,
P(X_k = 0) <= exp(-n p w_k) for every symbol of a multinomial. And w_k >= 1/k, because 1 - e^{-w} >= w/(1 + w).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paper_checks._proof import Identity, Inequality

__all__ = ["binomial_steps", "exponent", "poisson_steps", "rate_steps"]

Point = Mapping[str, Any]


def exponent(k: int) -> float:
    """Return w_k.

    >>> exponent(1)
    1.0
    """
    from theory.quantity import find

    return find("counting.poisson_w").evaluate({"g": k})


def _poisson() -> tuple[Any, ...]:
    """Return the series of E z^X, X Poisson of mean m, summed by sympy, and exp(-m (1 - z))."""
    import sympy

    m, z = sympy.symbols("m z", positive=True)
    j = sympy.Symbol("j", integer=True, nonnegative=True)
    series = sympy.summation((m * z) ** j / sympy.factorial(j), (j, 0, sympy.oo))
    return sympy.exp(-m) * series, sympy.exp(-m * (1 - z))


def _one_draw() -> tuple[Any, ...]:
    """Return E z^(one draw) of a symbol with share x, and the base of its n-th power as it is bounded."""
    import sympy

    x, c = sympy.symbols("x c", positive=True)
    return (1 - x) + x * sympy.exp(-c), 1 - x * (1 - sympy.exp(-c))


def _below() -> tuple[Any, ...]:
    """Return e^-y - (1 - y) for y = 1/(1 + t), with e^y = 1 + y + y^2 r/(1 + r): r/(1 + r) is below 1 for y <= 1."""
    import sympy

    t, r = sympy.symbols("t r", nonnegative=True)
    y = 1 / (1 + t)
    return 1 / (1 + y + y**2 * r / (1 + r)) - (1 - y), {t: 0, r: 0}


def _step() -> tuple[Any, ...]:
    """Return 1 - e^-w - w/(1 + w), with e^w = 1 + w + w^2 r, r >= 0."""
    import sympy

    w = sympy.Symbol("w", positive=True)
    r = sympy.Symbol("r", nonnegative=True)
    return 1 - 1 / (1 + w + w**2 * r) - w / (1 + w), {w: 0, r: 0}


def _induction() -> tuple[Any, ...]:
    """Return w/(1 + w) - 1/(k + 1) for w = 1/k + t."""
    import sympy

    k = sympy.Symbol("k", integer=True, positive=True)
    t = sympy.Symbol("t", nonnegative=True)
    w = 1 / k + t
    return w / (1 + w) - 1 / (k + 1), {k: 1, t: 0}


def poisson_steps(of: str = "printed") -> tuple[Any, ...]:
    """Return the step that gives the Poisson survival exactly: the generating function of one fit."""
    return (Identity(statement="E z^X' = exp(-X (1 - z)) given X for a Poisson sum", sides=_poisson, of=of),)


def binomial_steps(of: str = "printed") -> tuple[Any, ...]:
    """Return the steps of the bound for a symbol of a multinomial."""
    return (
        Identity(statement="one draw has E e^(-c draw) = 1 - x(1 - e^-c)", sides=_one_draw, of=of),
        Inequality(statement="1 - y <= e^-y on 0 < y <= 1", parts=_below, strict=False, of=of),
    )


def rate_steps(of: str = "printed") -> tuple[Any, ...]:
    """Return the steps of w_k >= 1/k, from w_1 = 1."""
    return (
        Inequality(statement="1 - e^-w >= w/(1 + w)", parts=_step, strict=False, of=of),
        Inequality(statement="w_k >= 1/k gives w_{k+1} >= 1/(k + 1)", parts=_induction, strict=False, of=of),
    )
