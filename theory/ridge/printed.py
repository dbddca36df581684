"""The collapse term as it is printed, limit by limit, and the hop at which it overtakes the clean error."""

from __future__ import annotations

from typing import Any

import numpy as np

from groundwork.errors import BadInput
from theory.quantity import quantity
from theory.ridge.equivalents import equivalents, one_per_direction
from theory.ridge.fixed_point import EIGENVALUES, kappa_many, room
from theory.ridge.risk import ROWS, check_hop

__all__ = ["collapse_crossover", "rho_low_dimensional", "rho_low_dimensional_corrected", "rho_printed"]

_FEW = {"cov": EIGENVALUES}
_DF2 = r"\sum_j \frac{s_j^2}{(s_j+\lambda_{\mathrm{ridge}})^2}"


@quantity(
    formula=lambda: rf"\frac{{1}}{{n_0-d}} {_DF2}",
    source="arulandu2024, section 3.2, as printed; leading order in 1/n0",
    status="asymptotic",
    domains=_FEW,
)
def rho_low_dimensional(ridge: float, n0: int, cov: Any) -> Any:
    """Return the printed collapse term at d fixed and n -> infinity, df2(ridge)/(n0 - d), a float.

    Leading order only: `rho_low_dimensional_corrected` has the exact n0 - d - 1.

    >>> rho_low_dimensional(1.0, 4, [1.0, 3.0])
    0.40625
    """
    check_hop(n0, len(cov))
    return ((cov / (cov + ridge)) ** 2).sum() / (n0 - len(cov))


@quantity(
    formula=lambda: rf"\frac{{1}}{{n_0-d-1}} {_DF2}",
    source="derived here; corrects the prefactor in arulandu2024, section 3.2",
    domains=_FEW,
)
def rho_low_dimensional_corrected(ridge: float, n0: int, cov: Any) -> Any:
    """Return the limit of the collapse term as n grows, d fixed, df2(ridge)/(n0 - d - 1), a float.

    Exact at any n0 >= d + 2: the error of a hop has covariance cov^-1/(n0 - d - 1), the inverse Wishart mean.

    >>> rho_low_dimensional_corrected(1.0, 4, [1.0, 3.0])
    0.8125
    """
    check_hop(n0, len(cov))
    return ((cov / (cov + ridge)) ** 2).sum() / (n0 - len(cov) - 1)


def _printed() -> str:
    trace = r"\sum_j \frac{s_j^{%s}}{(s_j+\kappa_0)^2 (s_j+\kappa)^2}"
    below = r"n_0-\mathrm{df}_2(\kappa_0)"
    last = r"\frac{\mathrm{df}_2(\kappa)}{n-\mathrm{df}_2(\kappa)}"
    fixed = r"\kappa_0=\kappa(0,n_0), \ \kappa=\kappa(\lambda_{\mathrm{ridge}},n)"
    first, second = (rf"\frac{{{weight}{trace % power}}}{{{below}}}" for weight, power in (("", 4), (r"\kappa^2", 2)))
    return rf"{first} + {second}\,{last}, \quad {fixed}"


@quantity(
    formula=_printed,
    source="arulandu2024, section 3.2, the random-matrix form of rho, as printed",
    status="asymptotic",
    domains=ROWS,
)
def rho_printed(n: int, ridge: float, cov: Any, n0: int) -> Any:
    """Return the collapse term as printed, with its second implicit ridge kappa0 = kappa(0, n0), a float.

    For n0 > d, the regime it is stated in, kappa0 = 0 and it is [df2 + u kappa^2 tr (cov + kappa)^-2]/(n0 - d):
    that of `rho` but for the prefactor, n0 - d where n0 - d - 1 is exact.

    >>> round(rho_printed(1, 0.5, [1.0], 4), 12)  # (1/4 + 1/12)/3
    0.111111111111
    """
    if n0 == len(cov):
        raise BadInput("n0", n0, f"not d = {len(cov)}", "the printed denominator n0 - df2(0) is 0")
    first = float(kappa_many(0.0, n0, cov)[0])
    fit = equivalents(ridge, n, cov)
    hop = (cov / (cov + first)) ** 2
    traces = (hop * fit.kept**2).sum() + fit.inflation * (hop * fit.lost**2).sum()
    return traces / room(0.0, n0, first, np.asarray(cov))


def _crossover() -> str:
    return r"\frac{E_{\mathrm{clean}}}{\sigma_0^2\,\rho}"


@quantity(formula=_crossover, source="derived here, from arulandu2024, eq. (3)", status="asymptotic", domains=ROWS)
def collapse_crossover(n: int, ridge: float, cov: Any, w: Any, n0: int, sigma: float = 1.0, sigma0: float = 1.0) -> Any:
    """Return the number of hops after which the collapse term equals the clean risk, a float.

    clean_risk/(sigma0^2 rho): the risk has doubled there, because it grows linearly in the hops.

    >>> round(collapse_crossover(1, 0.5, [1.0], [2.0], n0=4, sigma=3.0), 12)  # (4/3 + 3)/(1/6)
    26.0
    """
    check_hop(n0, len(cov))
    if sigma0 == 0:
        raise BadInput("sigma0", sigma0, "> 0", "hops without label noise add nothing")
    fit = equivalents(ridge, n, cov)
    clean = fit.bias(one_per_direction("w", w, len(cov))) + sigma**2 * fit.inflation
    return clean * (n0 - len(cov) - 1) / (sigma0**2 * fit.echo())
