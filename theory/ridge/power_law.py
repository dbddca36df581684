"""Infinite dimension: eigenvalues j^-beta and a signal cov_jj w_j^2 = j^(-1 - 2 beta r), summed to the last digit.

The first terms are added one by one. For the rest, with the integral from J on and f = f(J),

    sum_{j >= J} f(j) = integral + f/2 - f'/12 + remainder,    |remainder| <= TV(f')/8 from J on,

because (B_2 - B_2(x))/2 lies between 0 and 1/8. The total variation of f' is at most about beta m f/J:
beta m/(8 J^2) of the sum, 1e-11. That is the certificate; the next term of the expansion, f'''/720, says 1e-20.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from groundwork.errors import BadInput
from theory.numerics import mp
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["SOURCE", "per_row", "power_law_bias", "power_law_df", "power_law_df_leading", "power_law_risk"]

#: Terms added one by one.
TERMS = 2**17

_RIDGE = domain("lam", meaning="ridge, or implicit ridge, at which the sum is taken", high=math.inf, open_low=True)
SOURCE = domain("r", meaning="source exponent: cov_jj w_j^2 = j^(-1 - 2 beta r)", low=0, open_low=True)
_ORDER = domain("m", meaning="order of the degrees of freedom")
_DF = {"lam": _RIDGE, "m": _ORDER}


@cache
def _logs() -> np.ndarray:
    return np.log(np.arange(1, TERMS + 1, dtype=np.float64))


def _add_up(term: Callable[[np.ndarray], np.ndarray], rate: float, rest: Any) -> Any:
    """Return the sum of a term in ln j, given its integral from TERMS on and d ln f/d ln j there."""
    values = term(_logs())
    last = float(values[-1])
    return rest + float(values[:-1].sum()) + last / 2 - rate * last / TERMS / 12


def _kept_at_end(lam: float, beta: float) -> Any:
    """Return 1/(1 + lam TERMS^beta) with fifty digits."""
    ctx = mp()
    return 1 / (1 + ctx.mpf(lam) * ctx.mpf(TERMS) ** beta)


def _df() -> Any:
    return r"\sum_{j=1}^{\infty} \frac{1}{(1+\lambda j^\beta)^m}"


@quantity(formula=_df, source="derived here, after arulandu2024, section 3.2", domains=_DF)
def power_law_df(m: int, lam: float, beta: float) -> Any:
    """Return the degrees of freedom df_m(lam) of eigenvalues j^-beta, j = 1, 2, …, a float.

    sum (1 + lam j^beta)^-m, finite for beta > 1. The tail is the incomplete Beta integral lam^(-1/beta)/beta
    B(s; m - 1/beta, 1/beta), s = 1/(1 + lam J^beta), with the two end terms of Euler and Maclaurin.

    >>> import math
    >>> round(power_law_df(1, 1.0, 2.0) - (math.pi / math.tanh(math.pi) - 1) / 2, 12)
    0.0
    """
    ctx = mp()
    tail = (
        ctx.mpf(lam) ** (-1 / ctx.mpf(beta))
        / beta
        * ctx.betainc(m - 1 / ctx.mpf(beta), 1 / ctx.mpf(beta), 0, _kept_at_end(lam, beta))
    )
    rate = -m * beta * (1 - float(_kept_at_end(lam, beta)))
    return _add_up(lambda log: np.exp(-m * np.logaddexp(0.0, np.log(lam) + beta * log)), rate, tail)


def _df_leading() -> Any:
    import sympy

    m, inverse = symbol("m"), 1 / symbol("beta")
    ratio = sympy.gamma(1 + inverse) * sympy.gamma(m - inverse) / sympy.gamma(m)
    return symbol("lam") ** (-inverse) * ratio - sympy.Rational(1, 2)


@quantity(formula=_df_leading, source="derived here", status="asymptotic", domains=_DF)
def power_law_df_leading(m: int, lam: float, beta: float) -> Any:
    """Return the first two terms of `power_law_df` as lam -> 0, a float.

    lam^(-1/beta) Gamma(1 + 1/beta) Gamma(m - 1/beta)/Gamma(m) - 1/2, where the -1/2 is the missing half of j = 0.
    The next term is -m zeta(-beta) lam, which vanishes at beta = 2, 4, …: the error there is exponentially small.

    >>> round(power_law_df_leading(1, 1e-4, 2.0), 9), round(power_law_df(1, 1e-4, 2.0), 9)
    (156.579632679, 156.579632679)
    """
    ctx = mp()
    inverse = 1 / ctx.mpf(beta)
    return ctx.mpf(lam) ** -inverse * ctx.gammaprod([1 + inverse, m - inverse], [m]) - ctx.mpf(1) / 2


@quantity(
    formula=lambda: r"\sum_{j=1}^{\infty} j^{-1-2\beta r} \Big(\frac{\lambda j^\beta}{1+\lambda j^\beta}\Big)^2",
    source="derived here",
    domains={"lam": _RIDGE, "r": SOURCE},
)
def power_law_bias(lam: float, beta: float, r: float) -> Any:
    """Return lam^2 w' cov (cov + lam)^-2 w for eigenvalues j^-beta and cov_jj w_j^2 = j^(-1 - 2 beta r), a float.

    Of order lam^(2r) for 0 < r < 1 and lam^2 for r > 1, where a ridge cannot use more smoothness.

    >>> round(power_law_bias(1e6, 2.0, 0.5) / 1.2020569031595942, 5)  # zeta(3): nothing is learned
    1.0
    """
    ctx = mp()
    end, twice = _kept_at_end(lam, beta), 2 * ctx.mpf(r)
    tail = ctx.mpf(lam) ** twice / beta * ctx.betainc(twice, 2 - twice, 0, end)

    def term(log: np.ndarray) -> np.ndarray:
        # lam j^beta/(1 + lam j^beta) as the exponential of -ln(1 + 1/(lam j^beta))
        given_up = -np.logaddexp(0.0, -np.log(lam) - beta * log)
        return np.exp(2 * given_up - (1 + 2 * beta * r) * log)

    return _add_up(term, 2 * beta * float(end) - 1 - 2 * beta * r, tail)


def per_row(g: int, n0: int | None) -> float:
    """Return g/n0, which needs n0 only when there are hops.

    >>> per_row(3, 4), per_row(0, None)
    (0.75, 0.0)
    """
    if g and n0 is None:
        raise BadInput("n0", n0, "an integer >= 1 when g > 0", "every hop has n0 rows")
    return g / n0 if n0 else 0.0


def _risk() -> str:
    bias = r"\sum_j j^{-1-2\beta r} \Big(\frac{\lambda j^\beta}{1+\lambda j^\beta}\Big)^2"
    return (
        rf"{bias} + \Big(\frac{{\sigma^2}}{{n}} + \frac{{g\,\sigma_0^2}}{{n_0}}\Big) \sum_j (1+\lambda j^\beta)^{{-2}}"
    )


@quantity(
    formula=_risk,
    source="derived here, after arulandu2024, section 3.2; leading order in 1/n and 1/n0",
    status="asymptotic",
    domains={
        "lam": _RIDGE,
        "r": SOURCE,
        "n": domain("n", kind="integer"),
        "g": domain("g", meaning="synthetic hops before the last fit", low=0),
    },
)
def power_law_risk(
    lam: float,
    beta: float,
    r: float,
    n: int,
    n0: int | None = None,
    g: int = 0,
    sigma: float = 1.0,
    sigma0: float = 1.0,
) -> Any:
    """Return the leading risk of a ridge fit on power-law features after g synthetic hops, a float.

    power_law_bias + (sigma^2/n + g sigma0^2/n0) df2(lam): collapse is nothing but a smaller sample.

    >>> power_law_risk(0.01, 2.0, 0.5, n=100, n0=50, g=1) == power_law_risk(0.01, 2.0, 0.5, n=50, n0=100, g=1)
    True
    """
    return power_law_bias(lam, beta, r) + (sigma**2 / n + sigma0**2 * per_row(g, n0)) * power_law_df(2, lam, beta)
