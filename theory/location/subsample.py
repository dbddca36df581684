"""Subsampling a growing corpus: what the mean loses at finite size, in the limit, and per fraction drawn."""

from __future__ import annotations

from typing import Any

from groundwork.errors import BadInput
from theory.location import _subsample
from theory.numerics import mp
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = [
    "subsample_fraction_limit",
    "subsample_limit",
    "subsample_mse",
    "subsample_ratio_limit",
    "subsample_replacement_limit",
    "subsample_replacement_mse",
    "subsample_replacement_ratio_limit",
]

_ONE_N = {"n": domain("n", kind="integer")}
_TWO_N = {"n": domain("n", kind="integer", low=2)}
_RECURSION = (
    r"\mathrm{E}M_g^2 + \tau_g^2,\quad "
    r"\mathrm{E}M_{k+1}^2 = \mathrm{E}M_k^2 + \frac{\tau_k^2 + 1/n}{(k+1)^2},"
    r"\quad q_{k+1} = q_k + n - 1 + \frac{k}{k+1}(n\tau_k^2 + 1),\quad "
)
_WITHOUT = r"\tau_k^2 = \frac{q_k}{kn-1}\Big(\frac{1}{m} - \frac{1}{kn}\Big)\;(k \ge 2),\quad \tau_1 = 0"
_WITH = r"\tau_k^2 = \frac{q_k}{knm}"


@quantity(formula=lambda: _RECURSION + _WITHOUT, source="derived here", domains=_ONE_N)
def subsample_mse(n: int, g: int, m: int | None = None) -> Any:
    """Return E theta_g^2 when each fit is the mean of m points (default n) drawn from all g n, a float.

    Drawn without replacement; the first fit sees its n real points whole; noise variance 1. The second
    moments of the corpus follow an exact linear recursion.

    >>> round(20 * subsample_mse(20, 2), 4)
    1.7436
    """
    m = n if m is None else m
    if m > n:
        raise BadInput("m", m, f"an integer from 1 to n = {n}", "a subsample is no larger than a generation")
    return _subsample.mse(n, g, m, replacement=False)


@quantity(formula=lambda: _RECURSION + _WITH, source="derived here", domains=_ONE_N)
def subsample_replacement_mse(n: int, g: int, m: int | None = None) -> Any:
    """Return E theta_g^2 when each fit is the mean of m draws (default n) with replacement, a float.

    The first fit, too, sees m draws from its n real points; noise variance 1.

    >>> subsample_replacement_mse(2, 1)
    0.75
    """
    return _subsample.mse(n, g, n if m is None else m, replacement=True)


@quantity(
    formula=lambda: r"\lim_g n\,[" + _RECURSION + _WITHOUT + r"],\; m = n",
    source="derived here",
    domains=_TWO_N,
)
def subsample_limit(n: int) -> Any:
    """Return the limit of n E theta_g^2 as g grows, n of g n points drawn without replacement, a float.

    >>> round(subsample_limit(20), 3)
    2.99
    """
    return n * _subsample.mse(n, 2.0**120, n, replacement=False)


def _subsample_replacement_limit() -> Any:
    import sympy

    n = symbol("n")
    a = n**2 / (n - 1)
    b = a + n
    c = n - 1 - a - b
    z = sympy.pi**2 / 6
    tail = sympy.hyper([1, 1, 2 + 1 / n], [3, 3], 1)
    return z + (a * (z - 1) + b * (2 - z) + c / 4 * tail) / n + n / (n - 1)


@quantity(formula=_subsample_replacement_limit, source="derived here", domains=_TWO_N)
def subsample_replacement_limit(n: int) -> Any:
    """Return the limit of n E theta_g^2 as g grows, n draws with replacement, a float.

    zeta(2) + [a (zeta(2) - 1) + b (2 - zeta(2)) + c/4 3F2(1, 1, 2 + 1/n; 3, 3; 1)]/n + n/(n - 1), where
    a = n^2/(n - 1), b = a + n, c = n - 1 - a - b.

    >>> round(subsample_replacement_limit(20), 3)
    3.33
    """
    return n * _subsample.mse(n, 2.0**120, n, replacement=True)


def _subsample_ratio_limit() -> Any:
    import sympy

    return sympy.pi**2 / 2 - 2


@quantity(formula=_subsample_ratio_limit, source="derived here", status="asymptotic")
def subsample_ratio_limit() -> Any:
    """Return the limit ratio to the real fit, without replacement, as n grows, pi^2/2 - 2, a float.

    >>> round(subsample_ratio_limit(), 4)
    2.9348
    """
    return mp().pi ** 2 / 2 - 2


def _subsample_replacement_ratio_limit() -> Any:
    import sympy

    return sympy.pi**2 / 3


@quantity(formula=_subsample_replacement_ratio_limit, source="derived here", status="asymptotic")
def subsample_replacement_ratio_limit() -> Any:
    """Return the limit ratio to the full real fit, with replacement, as n grows, pi^2/3, a float.

    Against its own first generation, which is a bootstrap, the ratio is pi^2/6, the accumulate value.

    >>> round(subsample_replacement_ratio_limit(), 4)
    3.2899
    """
    return mp().pi ** 2 / 3


def _subsample_fraction_limit() -> Any:
    import sympy

    z = sympy.pi**2 / 6
    return z + (1 / symbol("f") - 1) * (2 - z)


@quantity(formula=_subsample_fraction_limit, source="derived here", status="asymptotic")
def subsample_fraction_limit(f: float) -> Any:
    """Return the limit ratio to the full real fit when each fit draws a fraction f of the corpus, a float.

    zeta(2) + (1/f - 1)(2 - zeta(2)) as n and then g grow; the first fit sees a fraction f as well.

    >>> subsample_fraction_limit(0.5)
    2.0
    """
    z = mp().zeta(2)
    return z + (1 / mp().mpf(f) - 1) * (2 - z)
