"""Where the fitted mean is, and what a single draw of the model looks like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from groundwork.errors import BadInput
from theory import forms
from theory.gaussian import _accumulate, _subsample
from theory.gaussian._fit import check_fits, ddof
from theory.gaussian._joint import replace_moments
from theory.gaussian.spread import _variance_mean
from theory.numerics import mp, product, scalar, total
from theory.quantity import quantity
from theory.symbols import symbol

__all__ = ["marginal_variance", "mean_fourth_moment", "mean_mse"]

_POOL = "every generation draws n from the pool of g*n, so n is one number"


def _marginal_variance(estimator: str = "unbiased", schedule: bool = False) -> Any:
    sigma = symbol("sigma")
    return sigma**2 * (1 + forms.every(lambda n: 1 / n, schedule)) if ddof(estimator) else sigma**2


@quantity(formula=_marginal_variance, source="arulandu2024, section 3.1 (unbiased); the mle derived here")
def marginal_variance(n: int | Sequence[int], g: int, sigma: float = 1.0, estimator: str = "unbiased") -> Any:
    """Return the variance of one draw from model g when every generation replaces the data, a float.

    sigma^2 (1 + sum 1/n_j) for the unbiased fit; sigma^2 at every g for the mle, which conserves it.

    >>> marginal_variance(10, 5)
    1.5
    """
    check_fits(n, estimator)
    return sigma**2 * (1 + total(lambda size: mp().mpf(1) / size, n, g) if ddof(estimator) else 1)


def _mean_mse(
    estimator: str = "unbiased",
    workflow: str = "replace",
    schedule: bool = False,
    given: frozenset[str] = frozenset(),
) -> Any:
    import sympy

    n, g, k = symbol("n"), symbol("g"), forms.index("k")
    scale = sympy.Symbol(r"\operatorname{tr}\Sigma", positive=True) if "cov" in given else symbol("sigma") ** 2
    variance = _variance_mean(estimator, workflow, schedule).subs(symbol("sigma"), 1)
    if workflow == "replace":
        return scale * (forms.every(lambda size: 1 / size, schedule) if ddof(estimator) else 1 - variance)
    if workflow == "accumulate":
        batch, pool = forms.pool(schedule, k)
        first = forms.pool(schedule, sympy.Integer(1))[0]
        return scale * (1 / first + forms.add_up(variance.subs(g, k - 1) * batch / pool**2, (k, 2, g)))
    if not ddof(estimator):
        return scale * (1 - variance)
    rest = forms.add_up(variance.subs(g, k - 1) / (n * k), (k, 2, g))
    return scale * (1 + rest - (n - 1) / n * variance)


@quantity(formula=_mean_mse, source="Replace: schaeffer2025, section 2.1 (unbiased). All else: derived here.")
def mean_mse(
    n: int | Sequence[int],
    g: int,
    sigma: float = 1.0,
    estimator: str = "unbiased",
    workflow: str = "replace",
    cov: Any = None,
) -> Any:
    """Return E (mu_g - mu)^2, or E ‖mu_g - mu‖^2 when ``cov`` is given, a float.

    Replace: sigma^2 sum 1/n_j (unbiased), sigma^2 (1 - prod (1 - 1/n_j)) (mle). Accumulate: sigma^2 sum
    E sigma_{k-1}^2 n_k/N_k^2. Subsampling: q - (1 - 1/n) rho u in the second moments of the pool. Each
    coordinate of a multivariate fit is a one-dimensional chain, so tr(cov) takes the place of sigma^2.

    >>> mean_mse(10, 5)
    0.5
    >>> mean_mse(10, 5, cov=[1.0, 3.0])
    2.0
    """
    check_fits(n, estimator)
    if cov is not None and sigma != 1:
        raise BadInput("sigma", sigma, "left out when cov is given", "cov already holds the variances")
    scale = sigma**2 if cov is None else float(np.trace(cov))
    if workflow == "replace" and ddof(estimator):
        return scale * total(lambda size: mp().mpf(1) / size, n, g)
    if workflow == "replace":
        return scale * (1 - product(lambda size: 1 - mp().mpf(1) / size, n, g))
    if workflow == "accumulate":
        return scale * _accumulate.second_moments(n, g, estimator)[0]
    replacement = workflow == "subsample_replacement"
    return scale * _subsample.second_moments(scalar("n", n, _POOL), g, estimator, replacement=replacement)[0]


def _mean_fourth_moment(schedule: bool = False) -> Any:
    import sympy

    if schedule:
        return r"3\sigma^4 \sum_{i,j=1}^{g} \frac{1}{n_i n_j} \prod_{l=1}^{\min(i,j)-1} \frac{n_l+1}{n_l-1}"
    n, g, i = symbol("n"), symbol("g"), sympy.Dummy("i", integer=True, nonnegative=True)
    growth = ((n + 1) / (n - 1)) ** i
    return 3 * symbol("sigma") ** 4 / n**2 * forms.add_up((2 * (g - i) - 1) * growth, (i, 0, g - 1))


@quantity(formula=_mean_fourth_moment, source="derived here")
def mean_fourth_moment(n: int | Sequence[int], g: int, sigma: float = 1.0) -> Any:
    """Return E (mu_g - mu)^4 when every generation replaces the data (unbiased fit), a float.

    Given the path of variances the mean is normal with variance V = sum sigma_{i-1}^2/n_i, so the value
    is 3 E V^2 = 3 sum_{i,j} E sigma_{min(i,j)-1}^4/(n_i n_j).

    >>> mean_fourth_moment(10, 1)
    0.03
    """
    check_fits(n, "unbiased")
    return 3 * sigma**4 * replace_moments(n, g, "unbiased").clock_square
