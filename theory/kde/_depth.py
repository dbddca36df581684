"""How many resamplings lie between a pool point and the real data: a sum of independent coins of 1/k.

A point of generation k copies a point of the pool of the k - 1 generations before, and a uniform point of
a pool of k is in generation k with probability 1/k. So a uniform point of a pool of g has a depth with
generating function prod_{k=2}^{g} (1 + (z - 1)/k): P(depth = j) = e_j(1, 1/2, …, 1/(g - 1))/g, an
elementary symmetric polynomial (unsigned Stirling numbers over g!).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from theory.numerics import mp

#: So many coins are thrown one by one, with positive terms only; the others enter by their power sums,
#: through Newton's identities, which lose few of the fifty digits because 1/k is small by then.
_WALKED = 128


class Depth:
    """The law of the depth in a pool of g generations, computed as far as it is asked for."""

    def __init__(self, g: int) -> None:
        self.g = g
        self._near = _polynomials(min(g - 1, _WALKED))
        self._far = [mp().mpf(1)]
        self._powers: list[Any] = []

    def chance(self, j: int) -> Any:
        """Return P(depth = j), an mpf."""
        if j >= self.g:
            return mp().mpf(0)
        while self.g - 1 > _WALKED and len(self._far) <= j:
            self._extend()
        near, far = self._near, self._far
        reach = range(max(0, j - len(near) + 1), min(j, len(far) - 1) + 1)
        return mp().fsum(far[i] * near[j - i] for i in reach) / self.g

    def _extend(self) -> None:
        """Add e_j of the far coins: j e_j = sum_m (-1)^(m-1) p_m e_{j-m}."""
        ctx, j = mp(), len(self._far)
        self._powers.append(
            ctx.harmonic(self.g - 1) - ctx.harmonic(_WALKED)
            if j == 1
            else ctx.zeta(j, _WALKED + 1) - ctx.zeta(j, self.g)
        )
        terms = (power * self._far[-m] * (-1) ** (m - 1) for m, power in enumerate(self._powers, start=1))
        self._far.append(ctx.fsum(terms) / j)


@lru_cache(maxsize=64)
def depth(g: int) -> Depth:
    """Return the law of the depth, shared by all who ask for the same g."""
    return Depth(g)


@lru_cache(maxsize=8)
def _polynomials(last: int) -> list[Any]:
    """Return e_0, …, e_last of 1, 1/2, …, 1/last."""
    ctx = mp()
    found = [ctx.mpf(1)]
    for k in range(1, last + 1):
        longer = [*found, ctx.mpf(0)]
        for j, value in enumerate(found):
            longer[j + 1] += value / k
        found = longer
    return found


def terms(law: Depth, weight: Callable[[int], Any], largest: Callable[[int], Any]) -> Iterator[Any]:
    """Yield P(depth = j) weight(j) until what is left is below 1e-25 of the sum, or below every float.

    ``largest(j)`` bounds the weights from j on. The chances are log-concave in j, so their tail is below
    a geometric series.
    """
    ctx, total, before = mp(), mp().mpf(0), None
    for j in range(law.g):
        chance = law.chance(j)
        term = chance * weight(j)
        total += term
        yield term
        ratio = ctx.mpf(1) if before is None else chance / before
        before = chance
        if ratio < 1:
            rest = chance * ratio / (1 - ratio) * largest(j + 1)
            if rest <= total * ctx.mpf("1e-25") or total + rest < ctx.mpf("1e-330"):
                return
