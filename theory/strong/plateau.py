"""The floor under which no amount of data brings the risk while a share of it stays synthetic."""

from __future__ import annotations

from typing import Any

from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["crossover", "plateau"]

_SOURCE = "slides-wright-lee, the abstract of Strong Model Collapse, made quantitative here"


@quantity(formula=lambda: symbol("p2") ** 2 * symbol("c2"), source=_SOURCE, status="asymptotic")
def plateau(p2: float, c2: float) -> Any:
    """Return the limit of the risk as n grows at a constant share of synthetic rows, p2^2 c2, a float.

    c2 = tr cov delta: a large c2 is bad synthetic data.

    >>> plateau(0.5, 2.0)
    0.5
    """
    return p2**2 * c2


def _crossover() -> Any:
    return symbol("sigma") ** 2 * symbol("d") / (symbol("p2") ** 2 * symbol("c2"))


@quantity(
    formula=_crossover,
    source=_SOURCE,
    status="asymptotic",
    domains={"p2": domain("p2", open_low=True), "c2": domain("c2", open_low=True)},
)
def crossover(p2: float, c2: float, d: int, sigma: float = 1.0) -> Any:
    """Return the sample size at which the variance sigma^2 d/n equals the plateau, sigma^2 d/(p2^2 c2), a float.

    Far below it the plateau cannot be seen.

    >>> crossover(0.5, 2.0, d=10)
    20.0
    """
    return sigma**2 * d / (p2**2 * c2)
