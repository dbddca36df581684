"""A ridge penalty at every fit on the same rows: bounded for ever, at the price of the signal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from groundwork.errors import BadInput
from theory.numerics import mp
from theory.quantity import quantity
from theory.symbols import domain

__all__ = ["ridge_every_generation_risk"]


def _risk(given: frozenset[str] = frozenset({"g"})) -> str:
    gain = r"\gamma_i = \frac{e_i}{e_i+\lambda_{\mathrm{ridge}}}"
    if "g" in given:
        bias, growth = r"(1-\gamma_i^g)^2 w_i^2", r"\frac{1-\gamma_i^{2g}}{1-\gamma_i^2}"
    else:
        bias, growth = r"w_i^2", r"\frac{1}{1-\gamma_i^2}"
    variance = r"\frac{\sigma^2}{n}\,\frac{\gamma_i^2}{e_i}\," + growth
    return rf"\sum_i \Big[{bias} + {variance}\Big], \quad {gain}"


@quantity(formula=_risk, source="derived here", domains={"n": domain("n", kind="integer")})
def ridge_every_generation_risk(
    n: int,
    ridge: float,
    gram: Sequence[float],
    w: Sequence[float],
    g: int | None = None,
    sigma: float = 1.0,
) -> Any:
    """Return E ‖w_g - w‖^2 (Euclidean) on fixed rows with X'X/n = diag(gram), replace, a float.

    With gain gamma = e/(e + ridge) along the direction of eigenvalue e: bias (1 - gamma^g)^2 w^2 and
    variance sigma^2/n gamma^2/e (1 - gamma^2g)/(1 - gamma^2). Without g: the limit, bounded when ridge >
    0.

    >>> ridge_every_generation_risk(4, 1.0, [1.0], [2.0], g=1)
    1.0625
    """
    values, truth = np.asarray(gram), np.asarray(w)
    if len(truth) != len(values):
        raise BadInput("w", w, f"a vector as long as gram, {len(values)}", "one coefficient per eigenvalue")
    if np.count_nonzero(values) > n:
        raise BadInput("gram", gram, f"at most n = {n} positive eigenvalues", "n rows span no more directions")
    if ridge == 0 and (values == 0).any():
        raise BadInput("gram", gram, "positive when ridge = 0", "the fit is not unique otherwise")
    if ridge == 0 and g is None and sigma > 0:
        raise BadInput("ridge", ridge, "> 0 when g is left out", "the risk grows linearly in g otherwise")
    return sum(_direction(mp().mpf(e), mp().mpf(b), n, ridge, sigma, g) for e, b in zip(values, truth, strict=True))


def _direction(e: Any, b: Any, n: int, ridge: float, sigma: float, g: int | None) -> Any:
    gain = e / (e + ridge)
    once = sigma**2 / mp().mpf(n) * e / (e + ridge) ** 2
    if ridge == 0:
        return once * g if g is not None else mp().mpf(0)
    left = gain**g if g is not None else mp().mpf(0)
    return (1 - left) ** 2 * b**2 + once * (1 - left**2) / (1 - gain**2)
