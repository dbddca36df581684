"""The squared Wasserstein distance W2^2 = (mu_g - mu)^2 + (sigma_g - sigma)^2 of a refitted Gaussian."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from theory import forms
from theory.gaussian import _accumulate
from theory.gaussian._fit import check_fits, ddof, factor
from theory.gaussian._joint import replace_moments
from theory.gaussian.centre import _mean_mse
from theory.gaussian.spread import _TWO, _sd_mean, _variance_mean
from theory.numerics import mp, product, total
from theory.quantity import quantity
from theory.symbols import symbol

__all__ = ["w2_covariance_term", "w2_mean", "w2_variance"]


def _w2_covariance_term(estimator: str = "unbiased", workflow: str = "replace", schedule: bool = False) -> Any:
    sigma = symbol("sigma")
    sd = _sd_mean(estimator, workflow, schedule)
    if isinstance(sd, str):
        return r"\mathrm{E}\sigma_g^2 + \sigma^2 - 2\sigma\,\mathrm{E}\sigma_g, \quad \mathrm{E}\sigma_g = " + sd
    return _variance_mean(estimator, workflow, schedule) + sigma**2 - 2 * sigma * sd


@quantity(formula=_w2_covariance_term, source="derived here", domains=_TWO)
def w2_covariance_term(
    n: int | Sequence[int],
    g: int,
    sigma: float = 1.0,
    estimator: str = "unbiased",
    workflow: str = "replace",
) -> Any:
    """Return E (sigma_g - sigma)^2, a float.

    E sigma_g^2 + sigma^2 - 2 sigma E sigma_g; replace and unbiased: 2 sigma^2 (1 - prod c4(n_j)), which
    tends to 2 sigma^2 although sigma_g tends to 0.

    >>> round(w2_covariance_term(2, 1), 12)  # 2 - 2 sqrt(2/pi)
    0.404230878394
    """
    check_fits(n, estimator)
    if workflow == "accumulate":
        _, excess = _accumulate.second_moments(n, g, estimator)
        return sigma**2 * (excess - 2 * math.expm1(_accumulate.log_sd(n, g, estimator)))
    variance = 1 if ddof(estimator) else product(lambda size: 1 - mp().mpf(1) / size, n, g)
    return sigma**2 * (variance + 1 - 2 * product(factor(1, estimator), n, g))


def _w2_mean(estimator: str = "unbiased", workflow: str = "replace", schedule: bool = False) -> Any:
    sd = _sd_mean(estimator, workflow, schedule)
    if isinstance(sd, str) and estimator == "mle":
        return r"2\sigma(\sigma - \mathrm{E}\sigma_g), \quad \mathrm{E}\sigma_g = " + sd
    if isinstance(sd, str):
        front = r"\mathrm{E}(\mu_g-\mu)^2 + \mathrm{E}\sigma_g^2 + \sigma^2 - 2\sigma\,\mathrm{E}\sigma_g"
        return front + r", \quad \mathrm{E}\sigma_g = " + sd
    if estimator == "mle":
        return 2 * symbol("sigma") * (symbol("sigma") - sd)
    return _mean_mse(estimator, workflow, schedule) + _w2_covariance_term(estimator, workflow, schedule)


@quantity(
    formula=_w2_mean,
    source="""derived here; its leading order (3/2) sigma^2 sum 1/n_j is arulandu2024, eq. (2), whose
    printed sum has one term too many""",
    domains=_TWO,
)
def w2_mean(
    n: int | Sequence[int],
    g: int,
    sigma: float = 1.0,
    estimator: str = "unbiased",
    workflow: str = "replace",
) -> Any:
    """Return E W2^2(N(mu_g, sigma_g^2), N(mu, sigma^2)), a float.

    Replace, unbiased: sigma^2 [sum 1/n_j + 2 (1 - prod c4(n_j))]. The mle conserves E (mu_g - mu)^2 +
    E sigma_g^2 = sigma^2 under every workflow, so there it is 2 sigma (sigma - E sigma_g).

    >>> round(w2_mean(20, 1), 12)
    0.076131464951
    """
    check_fits(n, estimator)
    spread = w2_covariance_term(n, g, 1.0, estimator, workflow)
    if workflow == "accumulate":
        return sigma**2 * (_accumulate.second_moments(n, g, estimator)[0] + spread)
    if ddof(estimator):
        return sigma**2 * (total(lambda size: mp().mpf(1) / size, n, g) + mp().mpf(spread))
    return sigma**2 * 2 * (1 - product(factor(1, estimator), n, g))


def _w2_variance(estimator: str = "unbiased", schedule: bool = False) -> Any:
    import sympy

    if schedule:
        return (
            r"\sigma^4\left\{3\,\mathrm{E}V^2 + 2\,\mathrm{E}[V(P-1)^2] + \mathrm{E}(P-1)^4"
            r" - (\mathrm{E}[V + (P-1)^2])^2\right\}, \quad P = \sigma_g/\sigma,"
            r"\; V = \sum_{i<g} (\sigma_i/\sigma)^2/n_{i+1}"
        )
    n, g, i = symbol("n"), symbol("g"), sympy.Dummy("i", integer=True, nonnegative=True)
    j = sympy.Dummy("j", integer=True, nonnegative=True)
    s1, s2, s3, s4 = (forms.sd_factor(n, estimator, power) for power in (1, 2, 3, 4))
    later = forms.add_up(s4**i * s2 ** (j - i), (i, 0, j - 1), (j, 1, g - 1))
    clock_square = (forms.add_up(s4**i, (i, 0, g - 1)) + 2 * later) / n**2
    cross = forms.add_up(s4**i * s2 ** (g - i) - 2 * s3**i * s1 ** (g - i) + s2**i, (i, 0, g - 1)) / n
    spread = s4**g - 4 * s3**g + 6 * s2**g - 4 * s1**g + 1
    mean = forms.add_up(s2**i, (i, 0, g - 1)) / n + s2**g + 1 - 2 * s1**g
    return symbol("sigma") ** 4 * (3 * clock_square + 2 * cross + spread - mean**2)


@quantity(
    formula=_w2_variance,
    source="""derived here; the leading order (5/2) sigma^4 (sum 1/n_j)^2 corrects the 3 and 4 of
    arulandu2024, eq. (2)""",
)
def w2_variance(n: int | Sequence[int], g: int, sigma: float = 1.0, estimator: str = "unbiased") -> Any:
    """Return Var W2^2(N(mu_g, sigma_g^2), N(mu, sigma^2)), replacing the data every generation, a float.

    With P = sigma_g/sigma and V = sum sigma_{i-1}^2/(sigma^2 n_i) the distance is sigma^2 [V Z^2 + (P -
    1)^2], so its second moment is sigma^4 {3 E V^2 + 2 E V (P - 1)^2 + E (P - 1)^4}.

    >>> round(w2_variance(100, 1), 9)
    0.000250629
    """
    check_fits(n, estimator)
    m = replace_moments(n, g, estimator)
    cross = m.clock_p2 - 2 * m.clock_p1 + m.clock
    spread = m.p4 - 4 * m.p3 + 6 * m.p2 - 4 * m.p1 + 1
    mean = m.clock + m.p2 - 2 * m.p1 + 1
    return sigma**4 * (3 * m.clock_square + 2 * cross + spread - mean**2)
