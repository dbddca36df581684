"""P(sigma_g > eps) by Mellin inversion on the line through the saddle point, where nothing cancels.

The integrand is F(z) = exp(K(z))/z with K(z) = -z ln(eps/sigma) + sum_j ln M_j(z). To the right of the
pole at 0 the integral is the probability itself, to the left it is the probability less 1; the side is
chosen by the mean of ln sigma_g, so that the small one of the two is computed. On the line the trapezoid
rule converges exponentially.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from theory.gaussian._fit import log_mean
from theory.numerics import mp, tally, total


def survival(n: int | Sequence[int], g: int, ratio: Any) -> Any:
    """Return P(sigma_g/sigma > ratio) for the unbiased fit, replace."""
    ctx = mp()
    level = ctx.log(ratio)
    sizes = [(ctx.mpf(size - 1), times) for size, times in tally(n, g)]
    right = level >= total(log_mean, n, g)
    with ctx.workdps(30):
        part = _integral(sizes, level, *_saddle(sizes, level, right))
    return part if right else 1 + part


def _integral(sizes: list[tuple[Any, int]], level: Any, saddle: Any, curvature: Any) -> Any:
    """Return the integral over the vertical line through the saddle, up to 1e-15 of its own size."""
    ctx = mp()
    step = 1 / (5 * ctx.sqrt(curvature))
    peak = _exponent(sizes, level, saddle)
    height, y = 1 / (2 * saddle), 0
    while True:
        y += 1
        z = ctx.mpc(saddle, y * step)
        term = ctx.exp(_exponent(sizes, level, z) - peak) / z
        height += ctx.re(term)
        if abs(term) < abs(height) * 1e-16:
            return ctx.exp(peak) * height * step / ctx.pi


def _exponent(sizes: list[tuple[Any, int]], level: Any, z: Any) -> Any:
    ctx = mp()
    value = -z * level
    for v, times in sizes:
        value += times * (z / 2 * ctx.log(2 / v) + ctx.loggamma((v + z) / 2) - ctx.loggamma(v / 2))
    return value


def _derivatives(sizes: list[tuple[Any, int]], level: Any, z: Any) -> tuple[Any, Any]:
    """Return K'(z) - 1/z and K''(z) + 1/z^2, the slope and curvature of ln|F| along the real line."""
    ctx = mp()
    slope, curvature = -level - 1 / z, 1 / z**2
    for v, times in sizes:
        slope += times * (ctx.digamma((v + z) / 2) - ctx.log(v / 2)) / 2
        curvature += times * ctx.psi(1, (v + z) / 2) / 4
    return slope, curvature


def _saddle(sizes: list[tuple[Any, int]], level: Any, right: bool) -> tuple[Any, Any]:
    """Return the place of the saddle on the chosen side of the pole at 0, by bisection, and the curvature."""
    ctx = mp()
    low, high = (ctx.mpf(0), ctx.mpf(1)) if right else (-min(v for v, _ in sizes), ctx.mpf(0))
    while right and _derivatives(sizes, level, high)[0] < 0:
        high *= 2
    for _ in range(40):
        middle = (low + high) / 2
        if _derivatives(sizes, level, middle)[0] < 0:
            low = middle
        else:
            high = middle
    return high, _derivatives(sizes, level, high)[1]
