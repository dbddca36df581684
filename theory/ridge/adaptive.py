"""Choosing the ridge for the blurred labels: collapse is a smaller sample, and a good ridge takes note of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from groundwork.errors import BadInput
from theory.quantity import quantity
from theory.ridge.equivalents import equivalents, one_per_direction
from theory.ridge.power_law import SOURCE, per_row, power_law_bias, power_law_df
from theory.ridge.risk import HOPS, check_hop
from theory.symbols import domain, symbol

__all__ = [
    "effective_sample",
    "optimal_exponent",
    "optimal_ridge",
    "optimal_ridge_exponent",
    "power_law_optimal_risk",
]

#: Logarithms of a ridge beyond this leave float64.
FARTHEST = 690.0

_HOPS = domain("g", meaning="synthetic hops before the last fit; 0 fits the real data", low=0)
_SIZES = {"n": domain("n", kind="integer"), "g": _HOPS}


def _effective_sample() -> Any:
    return 1 / (1 / symbol("n") + symbol("g") / symbol("n0"))


@quantity(
    formula=_effective_sample,
    source="derived here, from arulandu2024, section 3.2; leading order in 1/n and 1/n0",
    status="asymptotic",
    domains=_SIZES,
)
def effective_sample(n: int, n0: int, g: int) -> Any:
    """Return the size of the real sample that a fit after g synthetic hops is worth, equal noise, a float.

    1/T_eff = 1/n + g/n0: both the noise of the last labels and that of the hops pass through df2.

    >>> effective_sample(100, 50, 2)
    20.0
    """
    return n * n0 / (n0 + g * n)


def _capped(r: float) -> float:
    return min(r, 1.0)


def _optimal_exponent() -> Any:
    import sympy

    share = 2 * symbol("beta") * sympy.Min(symbol("r"), 1)
    return share / (share + 1)


@quantity(formula=_optimal_exponent, source="derived here, after arulandu2024, section 3.2", domains={"r": SOURCE})
def optimal_exponent(beta: float, r: float) -> Any:
    """Return s in risk ~ T_eff^-s at the best ridge, eigenvalues j^-beta, source exponent r, a float.

    s = 2 beta r/(2 beta r + 1), with r = 1 for all smoother signals (at r = 1 up to a logarithm). With n0 = n and
    equal noise g hops cost the factor (1 + g)^s, and 1 + s g if the ridge is kept.

    >>> optimal_exponent(2.0, 0.25)
    0.5
    """
    share = 2 * beta * _capped(r)
    return share / (share + 1)


def _optimal_ridge_exponent() -> Any:
    import sympy

    return symbol("beta") / (2 * symbol("beta") * sympy.Min(symbol("r"), 1) + 1)


@quantity(
    formula=_optimal_ridge_exponent, source="derived here, after arulandu2024, section 3.2", domains={"r": SOURCE}
)
def optimal_ridge_exponent(beta: float, r: float) -> Any:
    """Return l in ridge ~ T_eff^-l, the best ridge for eigenvalues j^-beta and source exponent r, a float.

    l = beta/(2 beta r + 1), with r = 1 for all smoother signals.

    >>> optimal_ridge_exponent(2.0, 0.25)
    1.0
    """
    return beta / (2 * beta * _capped(r) + 1)


def _best(
    risk: Callable[[float], float], centre: float, reach: float, points: int, sigma: float
) -> tuple[float, float]:
    """Return the least risk over logarithms of the ridge and where it is; the grid moves until the least is inside."""
    from scipy.optimize import minimize_scalar

    while abs(centre) + reach < FARTHEST:
        grid = np.linspace(centre - reach, centre + reach, points)
        best = int(np.argmin([risk(float(at)) for at in grid]))
        if 0 < best < points - 1:
            ends = (grid[best - 1], grid[best + 1])
            found: Any = minimize_scalar(risk, bounds=ends, method="bounded", options={"xatol": 1e-7})
            return float(found.fun), float(found.x)
        centre = float(grid[best])
    raise BadInput("sigma", sigma, "a noise nearer to the signal", "the best ridge does not fit in float64")


def _optimum() -> str:
    return r"\arg\min_{\lambda} \Big[E_{\mathrm{clean}}(\lambda) + g\,\sigma_0^2\,\rho(\lambda)\Big]"


@quantity(
    formula=_optimum,
    source="derived here, from arulandu2024, eq. (3)",
    status="asymptotic",
    domains=HOPS,
)
def optimal_ridge(n: int, cov: Any, w: Any, n0: int, g: int, sigma: float = 1.0, sigma0: float = 1.0) -> Any:
    """Return the ridge that minimises `collapsed_risk`, a float.

    By search on a grid of 24 decades first; relative error about 1e-7, because the risk is flat there. For an identity
    covariance and g = 0 it is d sigma^2/(n ‖w‖^2).

    >>> round(optimal_ridge(20, [1.0] * 4, [1.0] * 4, n0=6, g=0), 5)
    0.05
    """
    d = len(cov)
    truth, hop = one_per_direction("w", w, d), g * sigma0**2 / (n0 - d - 1) if n0 >= d + 2 else 0.0
    check_hop(n0, d)
    if not truth.any() or sigma**2 + hop == 0:
        name, value = ("w", w) if not truth.any() else ("sigma", sigma)
        raise BadInput(name, value, "not zero", "the best ridge is infinite without a signal and 0 without noise")

    def risk(log: float) -> float:
        fit = equivalents(float(np.exp(log)), n, cov)
        return fit.bias(truth) + sigma**2 * fit.inflation + hop * fit.echo()

    return np.exp(_best(risk, float(np.log(np.max(cov))), 12 * np.log(10), 97, sigma)[1])


@quantity(
    formula=lambda: (
        r"\min_{\lambda} \Big[\mathrm{bias}(\lambda) + \sigma^2\,\mathrm{df}_2(\lambda)/T_{\mathrm{eff}}\Big]"
    ),
    source="derived here, after arulandu2024, section 3.2; leading order in 1/n and 1/n0",
    status="asymptotic",
    domains=_SIZES | {"r": SOURCE, "sigma": domain("sigma", open_low=True)},
)
def power_law_optimal_risk(beta: float, r: float, n: int, n0: int | None = None, g: int = 0, sigma: float = 1.0) -> Any:
    """Return the least `power_law_risk` over the ridge, equal noise in every label, a float.

    It falls like T_eff^-s in the end, s of `optimal_exponent`, but slowly gets there: at beta = 2, r = 1/2 the local
    exponent is 1 % short of s at T_eff = 10^4.

    >>> power_law_optimal_risk(2.0, 0.5, 200, n0=200, g=1) == power_law_optimal_risk(2.0, 0.5, 100)
    True
    """
    noise = sigma**2 * (1 / n + per_row(g, n0))

    def risk(log: float) -> float:
        ridge = float(np.exp(log))
        return power_law_bias(ridge, beta, r) + noise * power_law_df(2, ridge, beta)

    guess = float(np.log(noise)) * optimal_ridge_exponent(beta, r)
    return _best(risk, guess, 9.0, 10, sigma)[0]
