"""The product law of a variance that is quadratic in the mean, without cancellation at any size.

With e = v2/n the mean variance is multiplied by Q_g = (1 + e)^g (replace) or prod_{k <= g} (1 + e/k^2)
(accumulate), and the squared error of the mean is V/n times the gain (Q_g - 1)/e, which is g or
1 + 1/4 + … + 1/g^2 at e = 0. A schedule has factors 1 + v2/n_k or 1 + v2 n_k/N_k^2 instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from theory.numerics import h2, mp

#: Products of so few factors are taken one by one; beyond, a series in e or Gamma functions.
_WALKED = 64
_SMALL = 1e-3
#: Above, more than _WALKED factors overflow whatever multiplies them.
_HUGE = 1e20


def log_ratio(v2: Any, n: int, g: int, workflow: str) -> Any:
    """Return ln Q_g, an mpf; -inf where a factor is 0."""
    ctx = mp()
    e = v2 / n
    if e == -1:
        return -ctx.inf
    if workflow == "replace":
        return g * ctx.log1p(e)
    if g <= _WALKED:
        return ctx.fsum(ctx.log1p(e / k**2) for k in range(1, g + 1))
    if abs(e) < _SMALL:
        return _series(e, g)
    if e > _HUGE:
        return ctx.inf
    root = ctx.sqrt(abs(e))
    if e < 0:
        # prod (1 - a^2/k^2) = sin(pi a)/(pi a) times the Gamma quotient of the factors beyond g.
        tail = ctx.loggamma(g + 1 - root) + ctx.loggamma(g + 1 + root) - 2 * ctx.loggamma(g + 1)
        return tail + ctx.log(ctx.sincpi(root) if root < 1 else 0)
    tail = 2 * ctx.re(ctx.loggamma(ctx.mpc(g + 1, root))) - 2 * ctx.loggamma(g + 1)
    return tail + ctx.log(ctx.sinh(ctx.pi * root) / (ctx.pi * root))


def _series(e: Any, g: int) -> Any:
    """Return sum_j (-1)^(j+1) e^j/j (1 + 2^(-2j) + … + g^(-2j))."""
    ctx, total, j = mp(), mp().mpf(0), 1
    while True:
        powers = h2(g) if j == 1 else ctx.zeta(2 * j) - ctx.zeta(2 * j, g + 1)
        term = -((-e) ** j) / j * powers
        total += term
        if abs(term) <= abs(total) * ctx.eps:
            return total
        j += 1


def gain(v2: Any, n: int, g: int, workflow: str) -> Any:
    """Return (Q_g - 1)/e, the squared error of fit g over that of the first fit, an mpf."""
    if v2 == 0:
        return mp().mpf(g) if workflow == "replace" else h2(g)
    return mp().expm1(log_ratio(v2, n, g, workflow)) / (v2 / n)


def gain_limit(v2: Any, n: int) -> Any:
    """Return the limit of the gain under accumulate, an mpf: (S - 1)/e with S = sinh(pi sqrt e)/(pi sqrt e)."""
    ctx = mp()
    e = v2 / n
    if abs(e) < _SMALL:
        square = ctx.pi**2 * e
        return ctx.pi**2 * ctx.fsum(square ** (j - 1) / ctx.factorial(2 * j + 1) for j in range(1, 24))
    root = ctx.sqrt(abs(e))
    product = ctx.sincpi(root) if e < 0 else ctx.sinh(ctx.pi * root) / (ctx.pi * root)
    return (product - 1) / e


def shares(n: Sequence[int], workflow: str) -> Iterator[Any]:
    """Yield the variance that each fit adds, in units of the variance function: 1/n_k, or n_k/N_k^2."""
    pools = n if workflow == "replace" else accumulate(n)
    return (mp().mpf(size) / pool**2 for size, pool in zip(n, pools, strict=True))


def schedule(v2: Any, n: Sequence[int], workflow: str) -> tuple[Any, Any]:
    """Return (Q_g, (Q_g - 1)/v2) of a schedule, the second as a sum of positive terms."""
    ratio, error = mp().mpf(1), mp().mpf(0)
    for share in shares(n, workflow):
        error += ratio * share
        ratio *= 1 + v2 * share
    return ratio, error
