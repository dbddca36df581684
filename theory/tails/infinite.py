"""Infinitely many power-law atoms: the constants in front of the scaling laws, and the exact sums behind them."""

from __future__ import annotations

from typing import Any

import numpy as np

from groundwork.errors import BadInput
from theory import forms
from theory.numerics import mp
from theory.quantity import quantity
from theory.symbols import symbol
from theory.tails.unseen import CUT, DRAWS

__all__ = [
    "cutoff_constant",
    "cutoff_crossover",
    "cutoff_plateau_infinite",
    "unseen_constant",
    "unseen_mass_infinite",
]

_TALE = "Dohmatob, Feng, Yang, Charton and Kempe 2024 (A tale of tails), as cited by others"
_DOMAINS = {"n": DRAWS, "k": CUT}
#: Atoms summed one by one; the rest is a series in Hurwitz zeta values.
LARGEST = 10**7


def _unseen_constant() -> Any:
    import sympy

    n, beta = symbol("n"), symbol("beta")
    return sympy.zeta(beta) ** (-1 / beta) * sympy.gamma(1 - 1 / beta) / beta * n ** (1 / beta - 1)


@quantity(
    formula=_unseen_constant,
    source=f"the exponent 1 - 1/beta: {_TALE}; the constant is derived here",
    status="asymptotic",
    domains=_DOMAINS,
)
def unseen_constant(beta: float, n: int) -> Any:
    """Return what `unseen_mass_infinite` tends to as n grows, the first scaling law with its constant, a float.

    C^(1/beta) Gamma(1 - 1/beta)/beta n^-(1 - 1/beta), C = 1/zeta(beta).

    >>> round(unseen_constant(2, 10_000), 8)
    0.00690988
    """
    return law(beta, n)


def law(beta: float, draws: Any) -> Any:
    """Return the first scaling law at a number of draws that need not be whole."""
    ctx = mp()
    b = ctx.mpf(beta)
    return ctx.zeta(b) ** (-1 / b) * ctx.gamma(1 - 1 / b) / b * ctx.mpf(draws) ** (1 / b - 1)


def _unseen_mass_infinite() -> Any:
    import sympy

    i = forms.index("i")
    p = i ** (-symbol("beta")) / sympy.zeta(symbol("beta"))
    return forms.add_up(p * (1 - p) ** symbol("n"), (i, 1, sympy.oo))


@quantity(formula=_unseen_mass_infinite, source=f"the sum behind the scaling law of {_TALE}", domains=_DOMAINS)
def unseen_mass_infinite(beta: float, n: int) -> Any:
    """Return the expected mass that n draws do not show, infinitely many atoms p_i = i^-beta/zeta(beta), a float.

    sum_i p_i (1 - p_i)^n: direct where n p_i > 1/4, and beyond, with a Hurwitz zeta tail, the alternating series
    sum_j binom(n, j) (-1)^j C^(j+1) zeta(beta (j + 1), i).

    >>> round(unseen_mass_infinite(2, 10_000), 8)
    0.00690962
    """
    ctx = mp()
    b = ctx.mpf(beta)
    norm = ctx.zeta(b)
    direct = int((4 * n / norm) ** (1 / b)) + 10
    if direct > LARGEST:
        raise BadInput("n", n, f"small enough for {LARGEST:.0e} direct atoms", "use tails.unseen_constant")
    i = np.arange(2, direct + 1, dtype=np.float64)
    p = i**-beta / float(norm)
    seen = (p * np.exp(n * np.log1p(-p))).sum() + (1 - 1 / norm) ** n / norm
    tail, factor, j = ctx.mpf(0), ctx.mpf(1), 0
    while True:
        term = factor * ctx.zeta(b * (j + 1), direct + 1) / norm ** (j + 1)
        tail += term
        if j == n or abs(term) < 1e-18 * tail:
            return tail + seen
        factor *= -ctx.mpf(n - j) / (j + 1)
        j += 1


def _cutoff_plateau_infinite() -> Any:
    import sympy

    i = forms.index("i")
    beta = symbol("beta")
    return 1 - forms.add_up(i ** (-beta), (i, 1, symbol("k"))) / sympy.zeta(beta)


@quantity(formula=_cutoff_plateau_infinite, source="derived here", domains=_DOMAINS)
def cutoff_plateau_infinite(beta: float, k: int) -> Any:
    """Return the mass beyond rank k of infinitely many atoms, zeta(beta, k + 1)/zeta(beta), a float.

    >>> round(cutoff_plateau_infinite(2, 1), 12)  # 1 - 6/pi^2
    0.392072898146
    """
    ctx = mp()
    return ctx.zeta(ctx.mpf(beta), k + 1) / ctx.zeta(ctx.mpf(beta))


def _cutoff_constant() -> Any:
    import sympy

    beta = symbol("beta")
    return symbol("k") ** (1 - beta) / ((beta - 1) * sympy.zeta(beta))


@quantity(
    formula=_cutoff_constant,
    source=f"the exponent beta - 1: {_TALE}; the constant is derived here",
    status="asymptotic",
    domains=_DOMAINS,
)
def cutoff_constant(beta: float, k: int) -> Any:
    """Return what the mass beyond rank k tends to as k grows, k^(1 - beta)/((beta - 1) zeta(beta)), a float.

    >>> round(cutoff_constant(2, 10), 4)
    0.0608
    """
    ctx = mp()
    b = ctx.mpf(beta)
    return ctx.mpf(k) ** (1 - b) / ((b - 1) * ctx.zeta(b))


def _cutoff_crossover() -> Any:
    import sympy

    beta, k = symbol("beta"), symbol("k")
    base = (1 - 1 / beta) * sympy.gamma(1 - 1 / beta) * sympy.zeta(beta) ** (1 - 1 / beta)
    return base ** (beta / (beta - 1)) * k**beta


@quantity(formula=_cutoff_crossover, source="derived here", status="asymptotic", domains=_DOMAINS)
def cutoff_crossover(beta: float, k: int) -> Any:
    """Return the number of draws at which `unseen_constant` falls to `cutoff_constant`, a float.

    zeta(beta) Gamma(2 - 1/beta)^(beta/(beta - 1)) k^beta: beyond it more draws from data cut at rank k hardly
    help. Read backwards, n0 real draws cut their own tail at a rank of order n0^(1/beta).

    >>> n = cutoff_crossover(2, 1000)
    >>> round(unseen_constant(2, round(n)) / cutoff_constant(2, 1000), 6)
    1.0
    """
    ctx = mp()
    b = ctx.mpf(beta)
    return ctx.zeta(b) * ctx.gamma(2 - 1 / b) ** (b / (b - 1)) * ctx.mpf(k) ** b
