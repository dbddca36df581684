"""Moments of the fitted variance and standard deviation, generation by generation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundwork.errors import BadInput
from theory import forms
from theory.gaussian import _accumulate, _subsample
from theory.gaussian._fit import check_fits, ddof, factor
from theory.numerics import mp, product, scalar
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["sd_mean", "variance_mean", "variance_mean_limit", "variance_square_mean"]

_TWO = {"workflow": domain("workflow", options=("replace", "accumulate"))}
_POOL = "every generation draws n from the pool of g*n, so n is one number"


def _roots(n: Any, inside: Any) -> tuple[Any, Any]:
    import sympy

    root = sympy.sqrt(inside)
    return (1 + root) / (2 * n), (1 - root) / (2 * n)


def _variance_mean(estimator: str = "unbiased", workflow: str = "replace", schedule: bool = False) -> Any:
    import sympy

    n, g, sigma, k = symbol("n"), symbol("g"), symbol("sigma"), forms.index("k")
    c = ddof(estimator)
    if workflow == "replace":
        return sigma**2 * (1 if c else forms.all_generations(lambda size: 1 - 1 / size, schedule))
    if workflow == "accumulate":
        batch, pool = forms.pool(schedule, k)
        return sigma**2 * forms.multiply(1 - batch / (pool * (pool - c)), (k, 1 + c, g))
    pool = n * (k + 1)
    rho = 1 - 1 / (n * k) if workflow == "subsample_replacement" else sympy.Integer(1)
    added = (n - 1) * (1 / (n - c) - 1 / n)
    step = 1 + rho * added / (k + 1) - (n**2 + n - (n - 1) ** 2 * rho) / (pool * (pool - 1))
    return sigma**2 * (n - 1) / (n - c) * rho.subs(k, g) * forms.multiply(step, (k, 1, g - 1))


@quantity(
    formula=_variance_mean,
    source="Replace: arulandu2024, section 3.1 (unbiased). Other workflows and the mle: derived here.",
)
def variance_mean(
    n: int | Sequence[int],
    g: int,
    sigma: float = 1.0,
    estimator: str = "unbiased",
    workflow: str = "replace",
) -> Any:
    r"""Return E sigma_g^2, a float.

    Replace: sigma^2 (unbiased), sigma^2 prod (1 - 1/n_j) (mle). Accumulate, with pools N_k: sigma^2 prod
    (1 - n_k/(N_k (N_k - c))), c = 1 (unbiased, from k = 2) or 0. Subsampling: a product of rational
    factors from the two second moments of the pool. Assumes Gaussian data and a Gaussian model.

    >>> variance_mean(10, 2, estimator="mle")
    0.81
    >>> variance_mean(4, 2, workflow="accumulate", estimator="mle")
    0.703125
    """
    check_fits(n, estimator)
    if workflow == "replace":
        return sigma**2 * (1 if ddof(estimator) else product(lambda size: 1 - mp().mpf(1) / size, n, g))
    if workflow == "accumulate":
        return sigma**2 * (1 + _accumulate.second_moments(n, g, estimator)[1])
    replacement = workflow == "subsample_replacement"
    return sigma**2 * _subsample.second_moments(scalar("n", n, _POOL), g, estimator, replacement=replacement)[1]


def _variance_square_mean(estimator: str = "unbiased", workflow: str = "replace", schedule: bool = False) -> Any:
    import sympy

    sigma, k, c = symbol("sigma"), forms.index("k"), ddof(estimator)
    if workflow == "replace":
        return sigma**4 * forms.all_generations(lambda n: (n + 1) * (n - 1) / (n - c) ** 2, schedule)
    batch, pool = forms.pool(schedule, k)
    first, before = forms.pool(schedule, sympy.Integer(1))[0], pool - batch
    mean = 1 - batch / (pool * (pool - c))
    variance = (2 * (batch - 1) + 2 * (before / pool) ** 2) / (pool - c) ** 2
    start = (first + 1) * (first - 1) / (first - c) ** 2
    return sigma**4 * start * forms.multiply(mean**2 + variance, (k, 2, symbol("g")))


@quantity(formula=_variance_square_mean, source="derived here", domains=_TWO)
def variance_square_mean(
    n: int | Sequence[int],
    g: int,
    sigma: float = 1.0,
    estimator: str = "unbiased",
    workflow: str = "replace",
) -> Any:
    """Return E sigma_g^4, a float.

    Replace: sigma^4 prod (n_j + 1)/(n_j - 1) (unbiased) or prod (n_j^2 - 1)/n_j^2 (mle). Accumulate: the
    generations multiply sigma_g^2 by independent factors F_k, and E sigma_g^4 is the product of the E
    F_k^2.

    >>> variance_square_mean(5, 1)
    1.5
    """
    check_fits(n, estimator)
    if workflow == "replace":
        return sigma**4 * product(factor(4, estimator), n, g)
    return sigma**4 * mp().exp(_accumulate.log_variance_square(n, g, estimator))


def _sd_mean(estimator: str = "unbiased", workflow: str = "replace", schedule: bool = False) -> Any:
    if workflow == "replace":
        return symbol("sigma") * forms.all_generations(lambda n: forms.sd_factor(n, estimator), schedule)
    shift = "" if estimator == "mle" else "-1"
    return (
        r"\sigma \prod_{k=1}^{g} \mathrm{E}\sqrt{F_k}, \quad F_k = \frac{[N_{k-1}"
        + f"{shift}]"
        + r"^+ + \chi^2_{n_k-1} + (N_{k-1}/N_k)\,\chi^2_1}{N_k"
        + shift
        + "}"
    )


@quantity(formula=_sd_mean, source="derived here", domains=_TWO)
def sd_mean(
    n: int | Sequence[int],
    g: int,
    sigma: float = 1.0,
    estimator: str = "unbiased",
    workflow: str = "replace",
) -> Any:
    """Return E sigma_g, a float.

    Replace: sigma prod c4(n_j) with c4(n) = sqrt(2/(n-1)) Gamma(n/2)/Gamma((n-1)/2); the mle has
    sqrt(2/n) in front. Accumulate: a product of E sqrt(F_k), each a one-dimensional integral.

    >>> round(sd_mean(2, 1), 12)  # sqrt(2/pi)
    0.797884560803
    """
    check_fits(n, estimator)
    if workflow == "replace":
        return sigma * product(factor(1, estimator), n, g)
    return sigma * mp().exp(_accumulate.log_sd(n, g, estimator))


def _variance_mean_limit(estimator: str = "unbiased", workflow: str = "replace") -> Any:
    import sympy

    n, one = symbol("n"), sympy.Integer(1)
    if workflow == "replace":
        return one if estimator == "unbiased" else sympy.Integer(0)
    if workflow == "accumulate" and estimator == "mle":
        return sympy.sin(sympy.pi / sympy.sqrt(n)) / (sympy.pi / sympy.sqrt(n))
    if workflow == "subsample_replacement":
        k = forms.index("k")
        step = 1 - (3 * n - 1 + (n - 1) ** 2 / (n * k)) / (n * (k + 1) * (n * (k + 1) - 1))
        return (n - 1) / n * forms.multiply(step, (k, 1, sympy.oo))
    plus, minus = _roots(n, 1 + 4 * n if workflow == "accumulate" else 12 * n - 3)
    front = one if workflow == "accumulate" else (n - 1) / n
    return front * forms.gamma_ratio([2 - 1 / n], [2 - plus, 2 - minus])


@quantity(
    formula=_variance_mean_limit,
    source="derived here; the accumulate limit of the mle is attributed to Kazdan et al. 2024",
    domains={"n": domain("n", kind="integer")},
)
def variance_mean_limit(n: int, workflow: str = "replace", estimator: str = "unbiased") -> Any:
    r"""Return the limit of E sigma_g^2 / sigma^2 as g grows, a float.

    Accumulate: sin(pi/sqrt n)/(pi/sqrt n) (mle), Gamma(2 - 1/n)/(Gamma(2 - r+) Gamma(2 - r-)) with r± =
    (1 ± sqrt(1 + 4n))/(2n) (unbiased). Subsample: (1 - 1/n) times the same ratio with r± = (1 ± sqrt(12n
    - 3))/(2n) (mle). The unbiased estimator on a subsample has no finite limit: E sigma_g^2 grows like
    g^(1/n).

    >>> round(variance_mean_limit(4, "accumulate", "mle"), 12)  # 2/pi
    0.636619772368
    """
    check_fits(n, estimator)
    ctx = mp()
    if workflow == "replace":
        return 1 if ddof(estimator) else 0
    if workflow == "accumulate" and estimator == "mle":
        return ctx.sinc(ctx.pi / ctx.sqrt(n))
    if workflow == "accumulate":
        return _quadratic_limit(n, 1 + 4 * n)
    if estimator == "unbiased":
        raise BadInput("estimator", estimator, f"mle when workflow = {workflow}", "E sigma_g^2 grows like g^(1/n)")
    if n == 1:
        return 0
    if workflow == "subsample":
        return (1 - ctx.mpf(1) / n) * _quadratic_limit(n, 12 * n - 3)
    cubic = [n**3, 2 * n**3 - n**2, n * (n**2 - n - 3 * n + 1), -((n - 1) ** 2)]
    roots = ctx.polyroots(cubic, maxsteps=500, extraprec=400)
    limit = ctx.gammaprod([1, 2, 2 - ctx.mpf(1) / n], [1 - root for root in roots])
    return (1 - ctx.mpf(1) / n) * ctx.re(limit)


def _quadratic_limit(n: int, inside: int) -> Any:
    ctx = mp()
    root = ctx.sqrt(inside)
    return ctx.gammaprod([2 - ctx.mpf(1) / n], [2 - (1 + root) / (2 * n), 2 - (1 - root) / (2 * n)])
