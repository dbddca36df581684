"""Resampling a kernel estimate of the last resample: a cloud of fixed width that walks at random.

A draw is a point of the last sample plus h times a standard normal (the smoothed bootstrap). The real
sample is generation 0, and g counts resamplings.
"""

from __future__ import annotations

from typing import Any

from groundwork.errors import BadInput
from theory.kde._kernel import BANDWIDTH, bandwidth
from theory.numerics import mp
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["replace_marginal_variance", "replace_within_variance"]

_STEPS = BANDWIDTH | {"g": domain("g", low=0, meaning="number of resamplings; g = 0 is the real sample")}


def _within() -> Any:
    n, h, sigma = symbol("n"), bandwidth(), symbol("sigma")
    kept = (1 - 1 / n) ** symbol("g")
    return sigma**2 * kept + n * h**2 * (1 - kept)


@quantity(formula=_within, source="derived here", domains=_STEPS)
def replace_within_variance(n: int, h: float, g: int, sigma: float = 1.0) -> Any:
    """Return the mean of the unbiased sample variance of the g-th resample, a float.

    u' = (1 - 1/n) u + h^2 from u_0 = sigma^2, so sigma^2 (1 - 1/n)^g + n h^2 (1 - (1 - 1/n)^g): a cloud
    of width h sqrt(n) in the end, whatever the data were. Real data of variance sigma^2, any law; n >= 2.

    >>> replace_within_variance(2, 1.0, 1)
    1.5
    """
    if n < 2:
        raise BadInput("n", n, "an integer >= 2", "the sample variance of one point is not defined")
    ctx = mp()
    lost = -ctx.expm1(g * ctx.log1p(-ctx.mpf(1) / n))
    return ctx.mpf(sigma) ** 2 * (1 - lost) + n * ctx.mpf(h) ** 2 * lost


def _marginal() -> Any:
    return symbol("sigma") ** 2 + symbol("g") * bandwidth() ** 2


@quantity(formula=_marginal, source="derived here", domains=_STEPS)
def replace_marginal_variance(n: int, h: float, g: int, sigma: float = 1.0) -> Any:
    """Return the variance of one point of the g-th resample, a float.

    sigma^2 + g h^2 for every n: each resampling adds the variance of the kernel, and what the cloud does
    not show of it its centre has walked. Real data of variance sigma^2, any law.

    >>> replace_marginal_variance(5, 0.5, 4)
    2.0
    """
    return mp().mpf(sigma) ** 2 + g * mp().mpf(h) ** 2
