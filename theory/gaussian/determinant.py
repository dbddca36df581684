"""The determinant of a refitted covariance in d dimensions (unbiased, replace)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundwork.errors import BadInput
from theory import forms
from theory.gaussian._fit import check_fits
from theory.numerics import entries, mp, product, total
from theory.quantity import quantity
from theory.symbols import symbol

__all__ = ["det_mean_ratio", "logdet_mean"]


def _det_mean_ratio(schedule: bool = False) -> Any:
    i = forms.index("i")
    return forms.all_generations(lambda n: forms.multiply(1 - (i - 1) / (n - 1), (i, 1, symbol("d"))), schedule)


@quantity(formula=_det_mean_ratio, source="derived here")
def det_mean_ratio(n: int | Sequence[int], g: int, d: int) -> Any:
    """Return E det Sigma_g / det Sigma for the unbiased fit in d dimensions, replace, a float.

    prod_j prod_{i < d} (1 - i/(n_j - 1)); 0 when some n_j <= d.

    >>> det_mean_ratio(5, 1, 2)
    0.75
    """
    check_fits(n, "unbiased")
    if min(entries(n)) <= d:
        return 0
    # prod_{i < d} (v - i)/v = Gamma(v + 1)/(Gamma(v + 1 - d) v^d)
    ctx = mp()
    return product(lambda size: ctx.gammaprod([size], [size - d]) / ctx.mpf(size - 1) ** d, n, g)


def _logdet_mean(schedule: bool = False) -> Any:
    import sympy

    i = forms.index("i")

    def one_fit(n: Any) -> Any:
        return forms.add_up(sympy.digamma((n - i) / 2) - sympy.log((n - 1) / 2), (i, 1, symbol("d")))

    return forms.every(one_fit, schedule)


@quantity(formula=_logdet_mean, source="derived here")
def logdet_mean(n: int | Sequence[int], g: int, d: int) -> Any:
    """Return E ln(det Sigma_g / det Sigma) for the unbiased fit in d dimensions, replace, a float.

    sum_j sum_{i <= d} [digamma((n_j - i)/2) - ln((n_j - 1)/2)]; needs n_j > d.

    >>> round(logdet_mean(3, 1, 1), 12)  # -gamma
    -0.577215664902
    """
    if min(entries(n)) <= d:
        raise BadInput("n", n, f"above d = {d} in every generation", "the fitted covariance is singular otherwise")
    ctx = mp()

    def one_fit(size: int) -> Any:
        terms = (ctx.digamma(ctx.mpf(size - i) / 2) for i in range(1, d + 1))
        return ctx.fsum(terms) - d * ctx.log(ctx.mpf(size - 1) / 2)

    return total(one_fit, n, g)
