"""Accumulating blocks: how much of its own noise a mean keeps, by schedule and by weight.

The newest block has weight a_k in the corpus, and E theta_K^2 = sum a_k^2/n_k for every such scheme.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from theory import forms
from theory.numerics import h2, mp
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = [
    "gaussian_process_correlation",
    "growth_limit",
    "one_at_a_time_limit",
    "schedule_mse",
    "zeta_pathway_limit",
    "zeta_pathway_mse",
]


def _schedule_mse(schedule: bool = True) -> Any:
    import sympy

    if not schedule:
        return sympy.Integer(1)
    k = forms.index("k")
    batch, pool = forms.pool(True, k)
    last = sympy.Symbol("G", integer=True, positive=True)
    return forms.pool(True, sympy.Integer(1))[0] * forms.add_up(batch / pool**2, (k, 1, last))


@quantity(formula=_schedule_mse, source="derived here")
def schedule_mse(n: int | Sequence[int]) -> Any:
    """Return n_1 E theta^2 after the last of the blocks n_1, n_2, …, all accumulated, a float.

    n_1 sum n_k/N_k^2 with N_k = n_1 + … + n_k; below 2 for every schedule.

    >>> schedule_mse([10, 10])
    1.25
    """
    blocks = n if isinstance(n, Sequence) else [n]
    pools = accumulate(blocks)
    return blocks[0] * sum(mp().mpf(block) / pool**2 for block, pool in zip(blocks, pools, strict=True))


def _growth_limit() -> Any:
    return 1 + 1 / symbol("r")


@quantity(formula=_growth_limit, source="derived here")
def growth_limit(r: float) -> Any:
    """Return the limit ratio to the first fit when the corpus grows r-fold each generation, 1 + 1/r, a float.

    >>> growth_limit(2)
    1.5
    """
    return 1 + 1 / r


def _one_at_a_time_limit() -> Any:
    import sympy

    return 1 + symbol("n1") * sympy.polygamma(1, symbol("n1") + 1)


@quantity(formula=_one_at_a_time_limit, source="derived here", domains={"n1": domain("n1", low=1)})
def one_at_a_time_limit(n1: int) -> Any:
    """Return the limit ratio to the first fit: n_1 real points, then one synthetic point per refit, a float.

    1 + n_1 psi'(n_1 + 1), which tends to the bound 2 of all schedules as n_1 grows.

    >>> round(one_at_a_time_limit(1), 12)  # pi^2/6
    1.644934066848
    """
    return 1 + n1 * mp().psi(1, n1 + 1)


def _zeta_pathway_mse() -> Any:
    k = forms.index("k")
    return forms.add_up(k ** (-2 * symbol("alpha")), (k, 1, symbol("g")))


@quantity(formula=_zeta_pathway_mse, source="derived here")
def zeta_pathway_mse(alpha: float, g: int) -> Any:
    """Return n E theta_g^2 when the newest block has weight g^-alpha in the corpus, a float.

    sum_{k <= g} k^(-2 alpha); alpha = 1 is accumulate, alpha = 0 is replace.

    >>> zeta_pathway_mse(0.5, 3) - 11 / 6
    0.0
    """
    ctx = mp()
    if alpha == 0.5:
        return ctx.harmonic(g)
    exponent = 2 * ctx.mpf(alpha)
    return ctx.zeta(exponent) - ctx.zeta(exponent, g + 1)


def _zeta_pathway_limit() -> Any:
    import sympy

    return sympy.zeta(2 * symbol("alpha"))


@quantity(
    formula=_zeta_pathway_limit,
    source="derived here",
    domains={"alpha": domain("alpha", low=0.5, open_low=True, reason="the sum of k^(-2 alpha) is infinite otherwise")},
)
def zeta_pathway_limit(alpha: float) -> Any:
    """Return the limit of `zeta_pathway_mse`, zeta(2 alpha), a float; it needs alpha > 1/2.

    >>> round(zeta_pathway_limit(1), 12)
    1.644934066848
    """
    return mp().zeta(2 * mp().mpf(alpha))


def _gaussian_process_correlation() -> Any:
    import sympy

    g, h = symbol("g"), symbol("h")
    low, high = forms.harmonic2(sympy.Min(g, h)), forms.harmonic2(sympy.Max(g, h))
    return sympy.sqrt(low / high)


@quantity(
    formula=_gaussian_process_correlation,
    source="derived here, from the limiting process in arulandu2024, section 4.3",
)
def gaussian_process_correlation(g: int, h: int) -> Any:
    """Return corr(W(g), W(h)) of the limiting Gaussian process of the accumulated fits, a float.

    Its covariance is proportional to sum_{k <= min(g, h)} 1/k^2.

    >>> round(gaussian_process_correlation(1, 2), 12)  # sqrt(0.8)
    0.894427191
    """
    return mp().sqrt(h2(min(g, h)) / h2(max(g, h)))
