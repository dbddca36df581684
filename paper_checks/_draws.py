r"""One draw of a refitted Gaussian, and the steps of its centre: how they are simulated, their moments, their law.

Given model g, the centre of n of its draws is :math:`\mu_{g+1} \sim N(\mu_g, \sigma_g^2/n)`, so

.. math:: X_g = \mu_g + \sqrt n\,(\mu_{g+1} - \mu_g)

has the law of one draw of model g. With :math:`P = \sigma_g/\sigma` and V = sum of :math:`P_{i-1}^2/n` over the fits,
:math:`X_g \sim N(\mu, \sigma^2 (V + P^2))` given the path of the scales. Derived here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import sqrt
from typing import Any

import numpy as np

from paper_checks._loop import Draw, Loop, Outcome

__all__ = ["GENERATIONS", "centre", "centres", "draw_law", "draw_moment", "factor_moment", "one_draw", "step"]

Point = Mapping[str, Any]

#: All loops of centres run so long, whatever generation is spoken of: they share one compiled program.
GENERATIONS = 6
_NODES = 40


def centre(world: Any, theta: Any) -> Any:
    """Return the error of the fitted mean with its sign, a metric in one dimension."""
    return (theta.mean - world.truth.mean)[0]


def centres(outcome: Outcome, *, process: str = "gaussian(sigma={sigma})") -> Callable[[int, Point], Draw]:
    """Return the sampler of an outcome of the centres (paths, generations) of a Gaussian whose data are replaced.

    >>> first = centres(lambda x, point: x[:, 0])(7, {"sigma": 2.0, "n": 10})
    >>> first(np.arange(256)).shape
    (256,)
    """
    loop = Loop(process=process, workflow="replace", metric="w2", n="n", at=GENERATIONS, outcome=outcome)
    return lambda seed, point: loop.draw(*loop.build(point), centre, seed, point)


def one_draw(x: np.ndarray, point: Point) -> np.ndarray:
    """Return a draw of the model at the point's generation, less mu, from the centres at all of them.

    >>> one_draw(np.array([[1.0, 1.5]]), {"n": 4, "g": 1}).tolist()
    [2.0]
    """
    now = x[:, point["g"] - 1]
    return now + sqrt(point["n"]) * (x[:, point["g"]] - now)


def step(x: np.ndarray, point: Point) -> np.ndarray:
    """Return the step of the centre from the point's generation to the next one.

    >>> step(np.array([[1.0, 1.5]]), {"g": 1}).tolist()
    [0.5]
    """
    return x[:, point["g"]] - x[:, point["g"] - 1]


def draw_moment(point: Point, power: int) -> float:
    """Return E (X_g - mu)^2 or E (X_g - mu)^4, by the recursion of the moments of (V, P) over the fits.

    A fit maps V to V + P^2/n and P^2 to P^2 S with E S = 1, E S^2 = (n + 1)/(n - 1).

    >>> draw_moment({"n": 10, "g": 5, "sigma": 2.0}, 2)
    6.0
    """
    n, variance = point["n"], point["sigma"] ** 2
    p4, clock_p2, clock, clock2 = 1.0, 0.0, 0.0, 0.0
    for _ in range(point["g"]):
        clock2 += 2 * clock_p2 / n + p4 / n**2
        clock, clock_p2, p4 = clock + 1 / n, clock_p2 + p4 / n, p4 * (n + 1) / (n - 1)
    return {2: variance * (1 + clock), 4: 3 * variance**2 * (clock2 + 2 * clock_p2 + p4)}[power]


def draw_law(point: Point, *, dof: int = 0, spread: float = 1.0, matched: int = 0) -> Callable[[np.ndarray], Any]:
    """Return the distribution function of X_1 - mu, a normal law mixed over its variance 1/n + S, S = chi2_k/k.

    ``dof`` more degrees of freedom and the ``spread`` of the fitted mean make mutants. ``matched`` gives the
    variance-gamma law with its variance instead: with the shape of S (1), or with its fourth moment as well (2).

    >>> draw_law({"n": 3, "g": 1, "sigma": 1.0})(np.array([0.0, 1.0])).round(6)
    array([0.5     , 0.834772])
    """
    from scipy import special

    k = point["n"] - 1 + dof
    whole = 1 + 1 / point["n"]
    shape, scale, offset = k / 2, 2 / k, spread / point["n"]
    if matched:
        shape, offset = (k / 2) * (whole**2 if matched == 2 else 1), 0.0
        scale = whole / shape
    nodes, weights = _laguerre(shape)
    widths = point["sigma"] * np.sqrt(offset + scale * nodes)
    return lambda x: special.ndtr(np.asarray(x)[..., None] / widths) @ weights


@lru_cache(maxsize=32)
def _laguerre(shape: float) -> tuple[np.ndarray, np.ndarray]:
    from scipy import special

    nodes, weights = special.roots_genlaguerre(_NODES, shape - 1)
    return nodes, weights / weights.sum()


def factor_moment(power: Any) -> tuple[Any, Any]:
    """Return E (chi2_k/k)^power, integrated over the density, and the symbol k.

    >>> factor_moment(2)[0].subs(factor_moment(2)[1], 4).simplify()
    3/2
    """
    import sympy

    s, k = sympy.symbols("s k", positive=True)
    density = s ** (k / 2 - 1) * sympy.exp(-s / 2) / (2 ** (k / 2) * sympy.gamma(k / 2))
    return sympy.integrate((s / k) ** power * density, (s, 0, sympy.oo), conds="none"), k
