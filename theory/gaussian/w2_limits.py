"""W2 where it needs special functions: growing samples for ever, and one fit in the plane."""

from __future__ import annotations

from typing import Any

from theory import forms
from theory.numerics import mp
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["w2_mean_plane_one_fit", "w2_mean_power_limit"]

#: From this sample size on ln c4 is summed by its expansion in 1/n, term by term with a Hurwitz zeta.
_EXPANDED = 200


def _w2_mean_power_limit() -> Any:
    import sympy

    n1, power, sigma, j = symbol("n1"), symbol("power"), symbol("sigma"), forms.index("j")
    kept = forms.multiply(forms.c4(n1 * j**power), (j, 1, sympy.oo))
    return sigma**2 * (sympy.zeta(power) / n1 + 2 * (1 - kept))


@quantity(
    formula=_w2_mean_power_limit,
    source="derived here; the convergence for power > 1 is arulandu2024, section 3.1",
)
def w2_mean_power_limit(n1: int, power: float, sigma: float = 1.0) -> Any:
    """Return the limit of E W2^2 when generation g has n1 g^power samples (unbiased, replace), a float.

    sigma^2 [zeta(power)/n1 + 2 (1 - prod_j c4(n1 j^power))]; sizes between integers enter through the
    Gamma function.

    >>> round(w2_mean_power_limit(10, 2.0), 9)
    0.250689344
    """
    ctx = mp()
    power = ctx.mpf(power)
    first = int(ctx.ceil((_EXPANDED / ctx.mpf(n1)) ** (1 / power)))
    log_kept = ctx.fsum(_log_c4(n1 * ctx.mpf(j) ** power) for j in range(1, first))
    log_kept += ctx.fsum(
        coefficient / ctx.mpf(n1) ** m * ctx.zeta(power * m, first)
        for m, coefficient in enumerate(_expansion(24), start=1)
    )
    return sigma**2 * (ctx.zeta(power) / n1 - 2 * ctx.expm1(log_kept))


def _log_c4(n: Any) -> Any:
    ctx = mp()
    return ctx.log(2 / (n - 1)) / 2 + ctx.loggamma(n / 2) - ctx.loggamma((n - 1) / 2)


def _expansion(terms: int) -> list[Any]:
    """Return the coefficients of 1/n, 1/n^2, … in ln c4(n).

    ln c4(n) = ln(1 - 1/n)/2 - ln[Gamma(z + 1/2)/(Gamma(z) sqrt z)] with z = n/2, and the last logarithm
    has the coefficients (2^-m - 2) B_{m+1}/(m (m + 1)) of 1/z^m, m odd.
    """
    ctx = mp()
    coefficients = []
    for m in range(1, terms + 1):
        ratio = (ctx.mpf(2) ** -m - 2) * ctx.bernoulli(m + 1) / (m * (m + 1)) if m % 2 else 0
        coefficients.append(-ctx.mpf(1) / (2 * m) - ratio * ctx.mpf(2) ** m)
    return coefficients


def _w2_mean_plane_one_fit() -> Any:
    import sympy

    n = symbol("n")
    v = n - 1
    tail = sympy.hyper([sympy.Rational(1, 2), 1], [v], sympy.Rational(1, 2)) / (2 * (v - 1))
    singular = forms.gamma_ratio([v - sympy.Rational(1, 2)], [v - 1]) * (2 + tail)
    return symbol("sigma") ** 2 * (2 / n + 4 - 2 / sympy.sqrt(v) * singular)


@quantity(
    formula=_w2_mean_plane_one_fit,
    source="derived here",
    domains={"n": domain("n", kind="integer", low=3, reason="the fitted covariance is singular otherwise")},
)
def w2_mean_plane_one_fit(n: int, sigma: float = 1.0) -> Any:
    """Return E W2^2 of one unbiased fit in the plane, Sigma = sigma^2 I, a float.

    sigma^2 [2/n + 4 - (2/sqrt v) E A], v = n - 1, where A, the sum of the two singular values of a v x 2
    standard normal matrix, has mean Gamma(v - 1/2)/Gamma(v - 1) [2 + 2F1(1/2, 1; v; 1/2)/(2 (v - 1))].

    >>> round(300 * w2_mean_plane_one_fit(300), 2)  # 7/2 to leading order
    3.51
    """
    ctx = mp()
    v = ctx.mpf(n - 1)
    tail = ctx.hyp2f1(ctx.mpf(1) / 2, 1, v, ctx.mpf(1) / 2) / (2 * (v - 1))
    singular = ctx.exp(ctx.loggamma(v - ctx.mpf(1) / 2) - ctx.loggamma(v - 1)) * (2 + tail)
    return sigma**2 * (ctx.mpf(2) / n + 4 - 2 / ctx.sqrt(v) * singular)
