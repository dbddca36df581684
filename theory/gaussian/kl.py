"""Likelihood risks of a refitted Gaussian: linear in one direction, exponential in the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from theory import forms
from theory.gaussian._fit import check_spread, log_mean
from theory.numerics import mp, per_generation, product, total
from theory.quantity import quantity
from theory.symbols import symbol

__all__ = ["kl_fit_true", "kl_true_fit"]


def _log(n: Any) -> Any:
    import sympy

    return (sympy.digamma((n - 1) / 2) - sympy.log((n - 1) / 2)) / 2


def _kl_fit_true(schedule: bool = False) -> Any:
    return forms.every(lambda n: 1 / (2 * n) - _log(n), schedule)


@quantity(formula=_kl_fit_true, source="derived here")
def kl_fit_true(n: int | Sequence[int], g: int) -> Any:
    """Return E KL(model g ‖ truth) when every generation replaces the data (unbiased fit), a float.

    sum [1/(2 n_j) - E ln(sigma_1/sigma)]: exactly linear in g at constant n.

    >>> kl_fit_true(20, 4) / kl_fit_true(20, 2)
    2.0
    """
    check_spread(n, "the mean divergence")
    return total(lambda size: 1 / (2 * mp().mpf(size)) - log_mean(size), n, g)


def _kl_true_fit(schedule: bool = False) -> Any:
    if schedule:
        return (
            r"\sum_j \mathrm{E}\ln s_j + \frac12\Big[\prod_j r_j + \sum_i \frac{1}{n_i}\prod_{j\ge i} r_j"
            r" - 1\Big],"
            r"\quad r_j = \frac{n_j-1}{n_j-3},\quad \mathrm{E}\ln s_j = \tfrac12[\psi(\tfrac{n_j-1}{2})"
            r" - \ln\tfrac{n_j-1}{2}]"
        )
    n, g = symbol("n"), symbol("g")
    r = (n - 1) / (n - 3)
    return g * _log(n) + (r**g + r / n * (r**g - 1) / (r - 1) - 1) / 2


@quantity(formula=_kl_true_fit, source="derived here")
def kl_true_fit(n: int | Sequence[int], g: int) -> Any:
    """Return E KL(truth ‖ model g) when every generation replaces the data (unbiased fit), a float.

    g E ln(sigma_1/sigma) + [r^g + (r/n)(r^g - 1)/(r - 1) - 1]/2 with r = E sigma^2/sigma_1^2 = (n -
    1)/(n - 3): exponential in g. Infinite for n <= 3.

    >>> round(kl_true_fit(20, 60), 6)
    581.158487
    """
    check_spread(n, "the mean divergence", least=4)
    ctx = mp()

    def growth(size: int) -> Any:
        return ctx.mpf(size - 1) / (size - 3)

    if isinstance(n, int):
        r = growth(n)
        drift = r / n * (r**g - 1) / (r - 1)
    else:
        drift = ctx.mpf(0)
        for size in per_generation(n, g):
            drift = (drift + ctx.mpf(1) / size) * growth(size)
    return total(log_mean, n, g) + (product(growth, n, g) + drift - 1) / 2
