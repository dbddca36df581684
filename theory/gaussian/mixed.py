"""Real data in every fit, fresh or one fixed set (augmentation), plus draws of the last model.

With m = E (mu_g - mu)^2 (for augmentation: about the real mean), v = E sigma_g^2 and N = n_real + n_syn,
a step is linear in (m, v), so a matrix power reaches any g. sigma = 1.
"""

from __future__ import annotations

from typing import Any

from groundwork.errors import BadInput
from theory.gaussian._fit import UNBIASED_NEEDS, ddof
from theory.numerics import mp
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = [
    "augmentation_mean_mse",
    "augmentation_variance_mean",
    "fresh_effective_sample",
    "fresh_mean_mse",
    "fresh_variance_limit",
    "fresh_variance_mean",
]

_STEPS = {"g": domain("g", low=0, meaning="synthetic steps after the real-only fit")}


def _step(n_real: int, n_syn: int, lam: float, c: int, fresh: bool) -> Any:
    """Return the matrix that takes (m, v, 1) through one fit."""
    ctx = mp()
    r, s, bias, size = ctx.mpf(n_real), ctx.mpf(n_syn), ctx.mpf(lam), n_real + n_syn
    between = r * s / size
    scatter_v = (s - 1) * bias + r * bias / size
    scatter_1 = r - 1 + (s / size if fresh else 0)
    return ctx.matrix(
        [
            [(s / size) ** 2, s * bias / size**2, r / size**2 if fresh else 0],
            [between / (size - c), scatter_v / (size - c), scatter_1 / (size - c)],
            [0, 0, 1],
        ]
    )


def _moments(n_real: int, n_syn: int, lam: float, g: int, estimator: str, *, fresh: bool) -> tuple[Any, Any]:
    """Return m and v after g synthetic steps."""
    ctx, c = mp(), ddof(estimator)
    if n_real <= c:
        raise BadInput("n_real", n_real, f"an integer >= {c + 1}", UNBIASED_NEEDS)
    first = ctx.mpf(1) / n_real if fresh else ctx.mpf(0)
    start = ctx.matrix([first, ctx.mpf(n_real - 1) / (n_real - c), 1])
    end = _step(n_real, n_syn, lam, c, fresh) ** g * start
    return end[0], end[1]


_FRESH = (
    r"m' = \frac{n_r + n_s^2 m + n_s\lambda v}{N^2},\quad (N-c)v' = n_r - 1 + (n_s-1)\lambda v"
    r" + \frac{n_r n_s}{N}\Big(\frac{1}{n_r} + m + \frac{\lambda v}{n_s}\Big),\quad N = n_r+n_s"
)
_FIXED = (
    r"m' = \frac{n_s^2 m + n_s v}{N^2},\quad N v' = n_r - 1 + (n_s-1) v"
    r" + \frac{n_r n_s}{N}\Big(m + \frac{v}{n_s}\Big),\quad N = n_r+n_s"
)


@quantity(formula=lambda: r"m_g,\quad m_0 = 1/n_r,\quad " + _FRESH, source="derived here", domains=_STEPS)
def fresh_mean_mse(n_real: int, n_syn: int, g: int, lam: float = 1.0, estimator: str = "unbiased") -> Any:
    """Return E (mu_g - mu)^2 when fits see n_real new real points and n_syn draws of the last model, a float.

    g counts synthetic steps after the real-only fit; draws have variance lam sigma_g^2; sigma = 1.

    >>> fresh_mean_mse(2, 2, 1, estimator="mle")
    0.3125
    """
    return _moments(n_real, n_syn, lam, g, estimator, fresh=True)[0]


@quantity(
    formula=lambda: r"v_g,\quad v_0 = \frac{n_r-1}{n_r-c},\quad " + _FRESH,
    source="derived here",
    domains=_STEPS,
)
def fresh_variance_mean(n_real: int, n_syn: int, g: int, lam: float = 1.0, estimator: str = "unbiased") -> Any:
    """Return E sigma_g^2 when fits see n_real new real points and n_syn draws of the last model, a float.

    Pooled fit; g counts synthetic steps after the real-only fit; sigma = 1.

    >>> fresh_variance_mean(2, 2, 1, estimator="mle")
    0.6875
    """
    return _moments(n_real, n_syn, lam, g, estimator, fresh=True)[1]


def _fresh_variance_limit() -> Any:
    real, synthetic, lam = symbol("n_real"), symbol("n_syn"), symbol("lam")
    size, q = real + synthetic, real + 2 * synthetic
    return (real - 1 + 2 * synthetic / q) / (size - (synthetic - 1) * lam - lam * size / q)


@quantity(formula=_fresh_variance_limit, source="derived here")
def fresh_variance_limit(n_real: int, n_syn: int, lam: float = 1.0) -> Any:
    """Return the limit of `fresh_variance_mean` as g grows (mle), a float.

    [n_real - 1 + 2 n_syn/q]/[N - (n_syn - 1) lam - lam N/q], q = n_real + 2 n_syn. With lam <= 1 the step
    is always a contraction.

    >>> round(fresh_variance_limit(2, 2), 12)
    0.714285714286
    """
    step = _step(n_real, n_syn, lam, 0, True)
    a, b, c, d = step[0, 0], step[0, 1], step[1, 0], step[1, 1]
    return (c * step[0, 2] + (1 - a) * step[1, 2]) / ((1 - a) * (1 - d) - b * c)


def _fresh_effective_sample() -> Any:
    real, synthetic = symbol("n_real"), symbol("n_syn")
    return real * (real + 2 * synthetic) / (real + synthetic)


@quantity(formula=_fresh_effective_sample, source="derived here")
def fresh_effective_sample(n_real: int, n_syn: int) -> Any:
    """Return how many real points have a mean as good as the stationary one of the fresh loop, a float.

    n_real (n_real + 2 n_syn)/(n_real + n_syn), below 2 n_real; sigma known and lam = 1.

    >>> fresh_effective_sample(10, 10)
    15.0
    """
    return mp().mpf(n_real) * (n_real + 2 * n_syn) / (n_real + n_syn)


@quantity(
    formula=lambda: r"\frac{1}{n_r} + m_g,\quad m_0 = 0,\quad " + _FIXED,
    source="derived here",
    domains=_STEPS,
)
def augmentation_mean_mse(n_real: int, n_syn: int, g: int) -> Any:
    """Return E (mu_g - mu)^2 when n_syn draws of the last model join one fixed real set (mle), a float.

    1/n_real plus the mean square about the real mean; g counts synthetic steps after the real-only fit;
    sigma = 1.

    >>> augmentation_mean_mse(2, 2, 1)
    0.5625
    """
    return mp().mpf(1) / n_real + _moments(n_real, n_syn, 1.0, g, "mle", fresh=False)[0]


@quantity(
    formula=lambda: r"v_g,\quad v_0 = \frac{n_r-1}{n_r},\quad " + _FIXED,
    source="derived here",
    domains=_STEPS,
)
def augmentation_variance_mean(n_real: int, n_syn: int, g: int) -> Any:
    """Return E sigma_g^2 when n_syn draws of the last model join one fixed real set (mle), a float.

    >>> augmentation_variance_mean(2, 2, 1)
    0.4375
    """
    return _moments(n_real, n_syn, 1.0, g, "mle", fresh=False)[1]
