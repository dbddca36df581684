"""One atom when a real sample stays and only the synthetic part is redrawn: the frequency never collapses."""

from __future__ import annotations

from typing import Any

from theory.numerics import mp
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["partial_variance", "partial_variance_limit"]

_SYNTHETIC = {"n_syn": domain("n_syn", low=1)}


def _partial_variance_limit() -> Any:
    real, synthetic, p = symbol("n_real"), symbol("n_syn"), symbol("p")
    share = (synthetic / (real + synthetic)) ** 2
    return share * p * (1 - p) / (synthetic * (1 - share) + share)


def _partial_variance() -> Any:
    real, synthetic = symbol("n_real"), symbol("n_syn")
    share = (synthetic / (real + synthetic)) ** 2
    return _partial_variance_limit() * (1 - (share * (1 - 1 / synthetic)) ** symbol("g"))


@quantity(formula=_partial_variance, source="derived here", domains={**_SYNTHETIC, "g": domain("g", low=0)})
def partial_variance(n_real: int, n_syn: int, p: float, g: int) -> Any:
    """Return the variance of an atom's frequency after g synthetic steps, p its real frequency, a float.

    The fit pools n_real kept real draws and n_syn draws of the last model: V' = a^2 [p (1 - p)/n_syn +
    (1 - 1/n_syn) V], a = n_syn/(n_real + n_syn), V_0 = 0.

    >>> partial_variance(2, 2, 0.5, 1)
    0.03125
    """
    share = (mp().mpf(n_syn) / (n_real + n_syn)) ** 2
    return _limit(n_real, n_syn, p) * (1 - (share * (1 - mp().mpf(1) / n_syn)) ** g)


@quantity(formula=_partial_variance_limit, source="derived here", domains=_SYNTHETIC)
def partial_variance_limit(n_real: int, n_syn: int, p: float) -> Any:
    """Return the limit of `partial_variance` as g grows, a float.

    a^2 p (1 - p)/(n_syn (1 - a^2) + a^2).

    >>> round(partial_variance_limit(2, 2, 0.5), 12)
    0.035714285714
    """
    return _limit(n_real, n_syn, p)


def _limit(n_real: int, n_syn: int, p: float) -> Any:
    p = mp().mpf(p)
    share = (mp().mpf(n_syn) / (n_real + n_syn)) ** 2
    return share * p * (1 - p) / (n_syn * (1 - share) + share)
