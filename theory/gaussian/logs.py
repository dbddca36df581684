"""The logarithm of the fitted standard deviation: a random walk with known steps, and its tail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from theory import forms
from theory.gaussian._fit import check_fits, check_positive_sigma, check_spread, ddof, log_mean
from theory.gaussian._tail import survival
from theory.numerics import mp, total
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["chernoff_exponent", "log_sd_mean", "log_sd_variance", "sd_tail"]


def _log_sd_mean(estimator: str = "unbiased", schedule: bool = False) -> Any:
    import sympy

    def step(n: Any) -> Any:
        return (sympy.digamma((n - 1) / 2) - sympy.log((n - ddof(estimator)) / 2)) / 2

    return sympy.log(symbol("sigma")) + forms.every(step, schedule)


@quantity(formula=_log_sd_mean, source="derived here")
def log_sd_mean(n: int | Sequence[int], g: int, sigma: float = 1.0, estimator: str = "unbiased") -> Any:
    """Return E ln sigma_g when every generation replaces the data, a float.

    ln sigma + sum (digamma((n_j - 1)/2) - ln((n_j - 1)/2))/2, with n_j in the last logarithm for the
    mle: about -1/(2n) per generation, twice the rate of ln E sigma_g.

    >>> round(log_sd_mean(3, 1), 12)  # -gamma/2
    -0.288607832451
    """
    check_fits(n, estimator)
    check_spread(n, "the mean logarithm")
    check_positive_sigma(sigma)
    return mp().log(sigma) + total(lambda size: log_mean(size, estimator), n, g)


def _log_sd_variance(schedule: bool = False) -> Any:
    import sympy

    return forms.every(lambda n: sympy.polygamma(1, (n - 1) / 2) / 4, schedule)


@quantity(formula=_log_sd_variance, source="derived here")
def log_sd_variance(n: int | Sequence[int], g: int, sigma: float = 1.0, estimator: str = "unbiased") -> Any:
    """Return Var ln sigma_g when every generation replaces the data, a float.

    sum psi'((n_j - 1)/2)/4, whatever sigma and the estimator.

    >>> round(log_sd_variance(3, 4), 12)  # pi^2/6
    1.644934066848
    """
    check_fits(n, estimator)
    check_spread(n, "the variance of the logarithm")
    check_positive_sigma(sigma)
    return total(lambda size: mp().psi(1, mp().mpf(size - 1) / 2) / 4, n, g)


@quantity(
    formula=lambda: (
        r"\frac{1}{2\pi i}\int_{c-i\infty}^{c+i\infty} \Big(\frac{\sigma}{\varepsilon}\Big)^z "
        r"\prod_j M_{n_j}(z)\,\frac{dz}{z},\quad M_n(z) = \Big(\frac{2}{n-1}\Big)^{z/2}"
        r"\frac{\Gamma(\frac{n-1+z}{2})}{\Gamma(\frac{n-1}{2})}"
    ),
    source="""derived here; the bound (sigma/eps) exp(-g/(4n)) of Suresh et al. 2024, as cited by others, lies
    above it""",
)
def sd_tail(n: int | Sequence[int], g: int, eps: float, sigma: float = 1.0) -> Any:
    """Return P(sigma_g > eps) when every generation replaces the data (unbiased fit), a float.

    Mellin inversion of the moments E (sigma_1/sigma)^z along the line through the saddle point; relative
    error below 1e-9, however small the probability.

    >>> round(sd_tail(3, 1, 1.0), 12)  # exp(-1)
    0.367879441171
    """
    check_fits(n, "unbiased")
    return survival(n, g, mp().mpf(eps) / sigma) if sigma else 0.0


@quantity(
    formula=lambda: (
        r"-\min_z \ln\Big[\Big(\frac{2}{n-1}\Big)^{z/2}"
        r"\Gamma\Big(\frac{n-1+z}{2}\Big)\Big/\Gamma\Big(\frac{n-1}{2}\Big)\Big]"
    ),
    source="derived here",
    domains={"n": domain("n", kind="integer", low=2)},
)
def chernoff_exponent(n: int) -> Any:
    """Return the best exponential rate per generation in P(sigma_g > eps), unbiased replace, a float.

    -min_z ln E (sigma_1/sigma)^z. The minimum is near z = 1, where Markov's inequality gives -ln c4(n),
    about 1/(4n).

    >>> round(chernoff_exponent(30), 7)
    0.0086193
    """
    ctx = mp()
    v = ctx.mpf(n - 1)
    # digamma((v + z)/2) = ln(v/2) has its root between 0 and 2, since E S^0 = E S^1 = 1.
    best = ctx.findroot(lambda z: ctx.digamma((v + z) / 2) - ctx.log(v / 2), (ctx.mpf("0.5"), 1), solver="secant")
    return -(best / 2 * ctx.log(2 / v) + ctx.loggamma((v + best) / 2) - ctx.loggamma(v / 2))
