"""A mixture of Gaussians with one shared variance whose labels stay known: the pool of residuals decides.

Each of K components gives m draws a generation; its mean is fitted on its own draws, the variance on all
residuals with divisor K (m - 1). Replace.
"""

from __future__ import annotations

from typing import Any

from theory import forms
from theory.gaussian._fit import power_mean
from theory.numerics import mp
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["labelled_mean_mse", "labelled_sd_mean"]

_NEEDS = "the pooled variance has K (m - 1) degrees of freedom"
_M = {"m": domain("m", low=2, meaning="samples of each component in a generation", reason=_NEEDS)}


def _labelled_sd_mean() -> Any:
    return symbol("sigma") * forms.c4(symbol("K") * (symbol("m") - 1) + 1) ** symbol("g")


@quantity(formula=_labelled_sd_mean, source="derived here, as a check on Suresh et al. 2024", domains=_M)
def labelled_sd_mean(K: int, m: int, g: int, sigma: float = 1.0) -> Any:
    """Return E sigma_g for K labelled components with m samples each and one pooled variance, a float.

    sigma c^g with c = sqrt(2/v) Gamma((v + 1)/2)/Gamma(v/2), v = K (m - 1): each fit multiplies sigma^2
    by an independent chi2_v/v, whatever the means do. Unbiased pooled variance, fixed counts, replace.

    >>> round(labelled_sd_mean(1, 2, 1), 12)  # sqrt(2/pi), as for one component
    0.797884560803
    """
    return sigma * power_mean(K * (m - 1) + 1, 1) ** g


def _labelled_mean_mse() -> Any:
    return symbol("K") * symbol("g") * symbol("sigma") ** 2 / symbol("m")


@quantity(formula=_labelled_mean_mse, source="derived here, as a check on Suresh et al. 2024", domains=_M)
def labelled_mean_mse(K: int, m: int, g: int, sigma: float = 1.0) -> Any:
    """Return the sum over components of E (mu_g - mu)^2, one pooled variance, labels known, a float.

    K sigma^2 g/m: every fit adds E sigma_{g-1}^2/m = sigma^2/m to each component. Unbiased pooled
    variance, fixed counts, replace.

    >>> labelled_mean_mse(3, 10, 5)
    1.5
    """
    return mp().mpf(K) * g * mp().mpf(sigma) ** 2 / m
