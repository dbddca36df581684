"""Ridge regression on real labels, and on labels that g ridgeless hops have already blurred."""

from __future__ import annotations

from typing import Any

from groundwork.errors import BadInput
from theory.quantity import quantity
from theory.ridge.equivalents import Equivalents, equivalents, one_per_direction
from theory.ridge.fixed_point import EIGENVALUES
from theory.symbols import domain

__all__ = ["HOPS", "ROWS", "check_hop", "clean_bias", "clean_risk", "clean_variance", "collapsed_risk", "rho"]

ROWS = {"n": domain("n", kind="integer"), "cov": EIGENVALUES}
#: g counts the synthetic hops before the last fit, n0 the rows of each.
HOPS = ROWS | {"g": domain("g", meaning="synthetic hops before the last fit; 0 fits the real data", low=0)}

_BIAS = r"\frac{\kappa^2 \sum_j s_j w_j^2/(s_j+\kappa)^2}{1-\mathrm{df}_2(\kappa)/n}"
_VARIANCE = r"\sigma^2\,\frac{\mathrm{df}_2(\kappa)}{n-\mathrm{df}_2(\kappa)}"
_ECHO = (
    r"\mathrm{df}_2(\kappa) + \frac{\mathrm{df}_2(\kappa)}{n-\mathrm{df}_2(\kappa)}\,\kappa^2 \sum_j (s_j+\kappa)^{-2}"
)
_CLEAN = "arulandu2024, section 3.2, the clean ridge error; its limit in the dimension as derived here"
_COLLAPSED = """arulandu2024, eq. (3), which is an identity and not an approximation; its random-matrix form there,
    with the exact prefactor 1/(n0 - d - 1)"""


def check_hop(n0: int, d: int) -> None:
    """Refuse hops after which the mean squared error is infinite."""
    if n0 < d + 2:
        raise BadInput("n0", n0, f"an integer >= d + 2 = {d + 2}", "the mean risk of a hop is infinite otherwise")


@quantity(formula=lambda: _BIAS, source=_CLEAN, status="asymptotic", domains=ROWS)
def clean_bias(n: int, ridge: float, cov: Any, w: Any) -> Any:
    """Return the bias of a ridge fit on real data, E ‖S R w - w‖^2 in the metric of the covariance, a float.

    Deterministic equivalent, error O(1/d) at n/d fixed: kappa^2 w' cov (cov + kappa)^-2 w/(1 - df2/n).
    ``w`` in the eigenbasis of the covariance.

    >>> round(clean_bias(1, 0.5, [1.0], [2.0]), 12)
    1.333333333333
    """
    return equivalents(ridge, n, cov).bias(one_per_direction("w", w, len(cov)))


@quantity(formula=lambda: _VARIANCE, source=_CLEAN, status="asymptotic", domains=ROWS)
def clean_variance(n: int, ridge: float, cov: Any, sigma: float = 1.0) -> Any:
    """Return the variance of a ridge fit on real data, sigma^2/n E tr cov R^2 S, a float.

    Deterministic equivalent, error O(1/d) at n/d fixed: sigma^2 df2/(n - df2).

    >>> round(clean_variance(1, 0.5, [1.0], 3.0), 12)
    3.0
    """
    return sigma**2 * equivalents(ridge, n, cov).inflation


def _clean(fit: Equivalents, sigma: float, w: Any) -> float:
    return fit.bias(one_per_direction("w", w, len(fit.spectrum))) + sigma**2 * fit.inflation


@quantity(formula=lambda: rf"{_BIAS} + {_VARIANCE}", source=_CLEAN, status="asymptotic", domains=ROWS)
def clean_risk(n: int, ridge: float, cov: Any, w: Any, sigma: float = 1.0) -> Any:
    """Return the excess risk of a ridge fit on n real rows, bias + variance, a float.

    Deterministic equivalent, error O(1/d) at n/d fixed. Without a ridge and n > d it is sigma^2 d/(n - d), whose
    exact value has n - d - 1.

    >>> round(clean_risk(1, 0.5, [1.0], [2.0], 3.0), 12)
    4.333333333333
    """
    return _clean(equivalents(ridge, n, cov), sigma, w)


@quantity(
    formula=lambda: rf"\frac{{1}}{{n_0-d-1}}\Big[{_ECHO}\Big]", source=_COLLAPSED, status="asymptotic", domains=ROWS
)
def rho(n: int, ridge: float, cov: Any, n0: int) -> Any:
    """Return the risk that one synthetic hop of unit noise adds to a ridge fit on n rows, a float.

    A hop is a ridgeless fit on n0 rows: its error has mean 0 and covariance cov^-1/(n0 - d - 1) exactly, and the
    last fit maps it through R S. rho = E tr cov^-1 S R cov S R/(n0 - d - 1), whose trace has the equivalent
    df2 + u kappa^2 tr (cov + kappa)^-2 with u = df2/(n - df2), error O(1/d).

    >>> round(rho(1, 0.5, [1.0], 4), 12)  # (1/4 + 1/12)/2
    0.166666666667
    """
    check_hop(n0, len(cov))
    return equivalents(ridge, n, cov).echo() / (n0 - len(cov) - 1)


def _collapsed() -> str:
    return rf"{_BIAS} + {_VARIANCE} + \frac{{g\,\sigma_0^2}}{{n_0-d-1}}\Big[{_ECHO}\Big]"


@quantity(formula=_collapsed, source=_COLLAPSED, status="asymptotic", domains=HOPS)
def collapsed_risk(
    n: int,
    ridge: float,
    cov: Any,
    w: Any,
    n0: int,
    g: int,
    sigma: float = 1.0,
    sigma0: float = 1.0,
) -> Any:
    """Return the excess risk of a ridge fit on n rows labelled after g ridgeless synthetic hops, a float.

    clean_risk + g sigma0^2 rho. The sum is exact at any size: the errors of the hops are independent of each
    other and of the last rows, have mean 0 and add up to covariance g sigma0^2 cov^-1/(n0 - d - 1), so that
    the cross terms vanish. clean_risk and rho are deterministic equivalents. g = 0 is the fit on real data.

    >>> round(collapsed_risk(1, 0.5, [1.0], [2.0], n0=4, g=2, sigma=3.0), 12)
    4.666666666667
    """
    check_hop(n0, len(cov))
    fit = equivalents(ridge, n, cov)
    return _clean(fit, sigma, w) + g * sigma0**2 * fit.echo() / (n0 - len(cov) - 1)
