"""A kernel estimate of a pool that only grows: the variance of a point grows like h^2 ln g.

Generation 1 is real data, N(0, sigma^2) where a law is needed; generation k + 1 adds n draws from the
kernel estimate of the pool of k n points. A draw is a uniform pool point plus h times a standard normal.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from groundwork.errors import BadInput
from theory import forms
from theory.kde._depth import depth, terms
from theory.kde._kernel import BANDWIDTH, bandwidth
from theory.numerics import mp
from theory.quantity import quantity
from theory.recursion import advance
from theory.symbols import domain, symbol

__all__ = ["accumulate_density", "accumulate_mean_square", "accumulate_nll_lower", "accumulate_within_variance"]

_DENSITY = r"f_g(x) = \sum_{j=0}^{g-1} \frac{1}{g!}{g \brack j+1}\, \mathcal{N}(x;\, 0,\, \sigma^2 + (j+1) h^2)"


def _mean_square() -> Any:
    k = forms.index("k")
    return symbol("sigma") ** 2 + bandwidth() ** 2 * (forms.add_up(1 / k, (k, 1, symbol("g"))) - 1)


@quantity(formula=_mean_square, source="derived here", domains=BANDWIDTH)
def accumulate_mean_square(n: int, h: float, g: int, sigma: float = 1.0) -> Any:
    """Return E x^2 of a pool point about the true mean, a float.

    sigma^2 + h^2 (H_g - 1), H_g = 1 + 1/2 + … + 1/g, for every n: a uniform pool point is in generation
    k with probability 1/k, and then one kernel further from the real data. g = 1 is real data only; any
    law of mean 0 and variance sigma^2.

    >>> accumulate_mean_square(5, 1.0, 2)
    1.5
    """
    ctx = mp()
    return ctx.mpf(sigma) ** 2 + ctx.mpf(h) ** 2 * (ctx.harmonic(g) - 1)


@quantity(
    formula=lambda: (
        r"u_g,\quad u_1 = \sigma^2,\; u_{k+1} = u_k\Big(1 - \frac{(2k+1)n - 1}"
        r"{k(k+1)\,n\,[(k+1)n - 1]}\Big) + \frac{h^2}{k+1}"
    ),
    source="derived here",
    domains=BANDWIDTH,
)
def accumulate_within_variance(n: int, h: float, g: int, sigma: float = 1.0) -> Any:
    """Return the mean of the unbiased variance of the g n pool points, a float.

    With q the mean square of a pool point and s the mean product of two different ones, u = q - s. Two
    draws, or a draw and an old point, have the product q/N + (1 - 1/N) s in a pool of N = k n, so u' = u
    (1 - ((2k+1)n - 1)/(k(k+1)n((k+1)n - 1))) + h^2/(k+1). Any law of variance sigma^2; g n >= 2.

    >>> accumulate_within_variance(1, 1.0, 2)
    0.5
    """
    if n * g < 2:
        raise BadInput("n", n, "an integer with g n >= 2", "the variance of one point is not defined")

    def step(k: np.ndarray) -> np.ndarray:
        matrix = np.zeros((len(k), 2, 2))
        matrix[:, 0, 0] = -((2 * k + 1) - 1 / n) / (k * (k + 1) * ((k + 1) * n - 1))
        matrix[:, 0, 1] = h**2 / (k + 1)
        return matrix

    return advance(step, np.array([sigma**2, 1.0]), 1, g)[0]


@quantity(formula=lambda: r"\mathrm{E}\," + _DENSITY, source="derived here", domains=BANDWIDTH)
def accumulate_density(n: int, h: float, g: int, x: float, sigma: float = 1.0) -> Any:
    """Return E f_g(x), f_g the kernel estimate of the pool of g n points, at a point x, a float.

    A draw of f_g is j + 1 kernels away from a real point with P(depth = j) = c(g, j + 1)/g! (unsigned
    Stirling numbers), so sum_j P(depth = j) N(x; 0, sigma^2 + (j + 1) h^2), for every n. Real data
    N(0, sigma^2).

    >>> round(accumulate_density(5, 1.0, 1, 0.0), 12)  # N(0; 0, 2)
    0.282094791774
    """
    ctx = mp()
    point, spread, width = ctx.mpf(x) ** 2, ctx.mpf(sigma) ** 2, ctx.mpf(h) ** 2

    def normal(variance: Any) -> Any:
        return ctx.exp(-point / (2 * variance)) / ctx.sqrt(2 * ctx.pi * variance)

    def weight(j: int) -> Any:
        return normal(spread + (j + 1) * width)

    def largest(j: int) -> Any:
        # As a function of the variance the density at x rises until x^2.
        return normal(max(point, spread + (j + 1) * width))

    return ctx.fsum(terms(depth(g), weight, largest))


#: Points of the trapezoid rule on -12, …, 12 standard deviations.
_POINTS = 481


@quantity(
    formula=lambda: r"-\int \mathcal{N}(x;\, 0,\, \sigma^2)\, \ln \mathrm{E} f_g(x)\,dx,\quad \mathrm{E}\," + _DENSITY,
    source="""derived here (Jensen); a bound for the growth that schaeffer2025, section 4.4, cites from
    Kazdan et al. 2024""",
    domains=BANDWIDTH | {"sigma": domain("sigma", open_low=True)},
)
def accumulate_nll_lower(n: int, h: float, g: int, sigma: float = 1.0) -> Any:
    """Return a lower bound on the mean negative log-likelihood of real data under f_g, in nats, a float.

    - ln is convex, so E[-ln f_g(x)] >= -ln E f_g(x); this is its mean over x ~ N(0, sigma^2). It grows
      like (ln ln g)/2 + ln(2 pi h^2)/2, for every n: without end, and hardly. The bound is computed to
      1e-12; that the true mean grows at the same rate is not shown.

    >>> round(accumulate_nll_lower(5, 0.3, 10), 3)
    1.432
    """
    chances = np.array([float(term) for term in terms(depth(g), lambda j: mp().mpf(1), lambda j: mp().mpf(1))])
    variances = sigma**2 + np.arange(1, len(chances) + 1) * h**2
    z, step = np.linspace(-12, 12, _POINTS, retstep=True)
    kernels = np.exp(-((sigma * z[:, None]) ** 2) / (2 * variances)) / np.sqrt(2 * np.pi * variances)
    return -(np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) * np.log(kernels @ chances)).sum() * step
