"""Sampling bias: synthetic draws have variance lam sigma_g^2; real data first, unbiased fit, replace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from theory import forms
from theory.gaussian._fit import check_fits, factor
from theory.numerics import mp, product
from theory.quantity import quantity
from theory.symbols import sequence, symbol

__all__ = ["biased_sampling_mean_mse", "biased_sampling_variance_mean", "biased_sampling_w2_mean"]


def _variance(schedule: bool = False) -> Any:
    return symbol("sigma") ** 2 * symbol("lam") ** (symbol("g") - 1)


@quantity(formula=_variance, source="derived here; the fully synthetic loop of Alemohammad et al. 2023")
def biased_sampling_variance_mean(n: int | Sequence[int], g: int, lam: float, sigma: float = 1.0) -> Any:
    """Return E sigma_g^2 under sampling bias lam, sigma^2 lam^(g - 1), a float.

    >>> biased_sampling_variance_mean(10, 3, 0.5)
    0.25
    """
    check_fits(n, "unbiased")
    return sigma**2 * mp().mpf(lam) ** (g - 1)


def _mean(schedule: bool = False) -> Any:
    import sympy

    n, g, lam, k = symbol("n"), symbol("g"), symbol("lam"), forms.index("k")
    size = sequence("n")[k] if schedule else n
    if schedule:
        return symbol("sigma") ** 2 * forms.add_up(lam ** (k - 1) / size, (k, 1, g))
    ratio = sympy.Piecewise((g, sympy.Eq(lam, 1)), ((1 - lam**g) / (1 - lam), True))
    return symbol("sigma") ** 2 / n * ratio


@quantity(formula=_mean, source="derived here; the fully synthetic loop of Alemohammad et al. 2023")
def biased_sampling_mean_mse(n: int | Sequence[int], g: int, lam: float, sigma: float = 1.0) -> Any:
    """Return E (mu_g - mu)^2 under sampling bias lam, a float.

    sigma^2 sum lam^(k - 1)/n_k, at constant n (sigma^2/n)(1 - lam^g)/(1 - lam).

    >>> biased_sampling_mean_mse(10, 2, 0.5)
    0.15
    """
    check_fits(n, "unbiased")
    ctx = mp()
    lam = ctx.mpf(lam)
    if isinstance(n, Sequence):
        return sigma**2 * ctx.fsum(lam**k / size for k, size in enumerate(n))
    return sigma**2 / ctx.mpf(n) * (g if lam == 1 else (1 - lam**g) / (1 - lam))


def _w2(schedule: bool = False) -> Any:
    lam, g, sigma = symbol("lam"), symbol("g"), symbol("sigma")
    sd = sigma * forms.all_generations(forms.c4, schedule) * lam ** ((g - 1) / 2)
    return _mean(schedule) + _variance() + sigma**2 - 2 * sigma * sd


@quantity(formula=_w2, source="derived here")
def biased_sampling_w2_mean(n: int | Sequence[int], g: int, lam: float, sigma: float = 1.0) -> Any:
    """Return E W2^2 of model g from the truth under sampling bias lam, a float.

    E (mu_g - mu)^2 + E sigma_g^2 + sigma^2 - 2 sigma E sigma_g, E sigma_g = sigma lam^((g-1)/2) prod
    c4(n_j).

    >>> round(biased_sampling_w2_mean(10, 2, 1e-12), 4)  # the model has hardly any spread left
    1.1
    """
    check_fits(n, "unbiased")
    ctx = mp()
    root = ctx.sqrt(lam) ** (g - 1)
    spread = root**2 + 1 - 2 * root * product(factor(1), n, g)
    return sigma**2 * (_mean_part(n, g, lam) + spread)


def _mean_part(n: int | Sequence[int], g: int, lam: float) -> Any:
    return mp().mpf(biased_sampling_mean_mse(n, g, lam))
