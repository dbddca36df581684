"""A sliding window of the last W blocks: forgetting slows the random walk but never stops it."""

from __future__ import annotations

from typing import Any

import numpy as np

from groundwork.errors import BadInput
from theory.numerics import h2
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["window_mse", "window_slope"]

#: A shock reaches its final weight 2/(W + 1) at a geometric rate; after this many windows nothing moves.
_SETTLED = 24
_LARGEST = 1000


@quantity(
    formula=lambda: (
        r"\sum_{j=1}^{g} r_{j,g}^2,\quad r_{j,k} = \frac{1}{\min(k,W)}"
        r"\sum_{i=\max(1,k-W+1)}^{k}\big(r_{j,i-1} + 1_{i=j}\big),\quad r_{j,0} = 0"
    ),
    source="derived here",
    domains={"n": domain("n", kind="integer")},
)
def window_mse(W: int, n: int, g: int) -> Any:
    """Return n E theta_g^2 when fit g is the mean of the last W blocks of n points, a float.

    The window fills up first (accumulate), then slides. Each shock keeps at last the weight 2/(W + 1),
    so the value grows by 4/(W + 1)^2 per generation; n cancels.

    >>> window_mse(1, 5, 7), window_mse(7, 5, 2)
    (7.0, 1.25)
    """
    if g <= W:
        return h2(g)
    if W == 1:
        return g
    if W > _LARGEST:
        raise BadInput("W", W, f"an integer <= {_LARGEST}, or >= g = {g}", "the cost grows like W^2")
    return _slide(W, g)


def _slide(W: int, g: int) -> float:
    """Follow the weight of every shock of the first W generations, and of a later one, until they settle."""
    weights = np.zeros((W, W + 1))  # row i: block i of the window; column j: shock j, the last one a later shock
    for k in range(W):
        if k:
            weights[k] = weights[:k].sum(axis=0) / k
        weights[k, k] += 1
    fit = weights.sum(axis=0) / W
    late = late_square = 0.0
    steps = min(g - W, _SETTLED * W)
    window = weights.copy()
    for step in range(steps):
        block = fit.copy()
        if step == 0:
            block[W] = 1.0
        fit = fit + (block - window[step % W]) / W
        window[step % W] = block
        late = fit[W]
        late_square += late**2
    return float((fit[:W] ** 2).sum() + late_square + (g - W - steps) * late**2)


def _window_slope() -> Any:
    return 4 / (symbol("W") + 1) ** 2


@quantity(formula=_window_slope, source="derived here", status="asymptotic")
def window_slope(W: int) -> Any:
    """Return the growth of n E theta_g^2 per generation as g grows, 4/(W + 1)^2, a float.

    >>> window_slope(1)
    1.0
    """
    return 4 / (W + 1) ** 2
