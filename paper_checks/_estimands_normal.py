r"""Loops that are linear in normal noise: the mean, and least squares on one fixed design, under any weights.

Every fit is a weighted mean of blocks, and a block is the model before it plus its own noise. So the error at
generation g is :math:`\sum_k A_{gk} \varepsilon_k` with weights that a workflow settles without drawing a number:

    location   theta_g ~ N(0, v),  v = sigma^2 sum_k A_{gk}^2 / n_k
    linear     the risk is s^2 sigma^2 d/(n-d+1) F(d, n-d+1),  s^2 = sum_k A_{gk}^2    (fixed design)

Derived here (the risk by Hotelling's law). The workflow's weights are asked for one generation at a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from paper_checks._estimands import Companion, Estimand
from paper_checks._estimands_loop import Loop
from paper_checks._licence import Variance

__all__ = ["clock", "linear", "location"]

Point = Mapping[str, Any]


@cache
def _shares(workflow: str, n: int, generations: int) -> tuple[np.ndarray, np.ndarray]:
    """Return A (G, G), the weight of block k's noise in the error of generation g, and the rows of each block."""
    import jax
    import jax.numpy as jnp

    from sims.catalog import make_workflow

    # Asked for outside a run, the weights would come in 24 bits.
    with jax.enable_x64(True):
        return _traced_shares(make_workflow(workflow), n, generations, jnp)


def _traced_shares(made: Any, n: int, generations: int, jnp: Any) -> tuple[np.ndarray, np.ndarray]:
    sizes = made.rows(np.full(generations, n, np.int64))
    rows = sizes.sum(axis=1)
    shares = np.zeros((generations, generations))
    born = jnp.arange(1, generations + 1)
    for g in range(1, generations + 1):
        weight = np.asarray(made.core.block(jnp.asarray(g), born), np.float64) * (np.arange(1, generations + 1) <= g)
        heavy = weight * rows / (weight * rows).sum()
        # Block k is drawn from model k - 1, but for its real rows.
        model = np.divide(sizes[:, 0], rows, out=np.zeros(generations), where=rows > 0)
        own = np.eye(generations) + model[:, None] * np.vstack([np.zeros(generations), shares[:-1]])
        shares[g - 1] = heavy @ own
    return shares, rows


def clock(workflow: str, point: Point, *, by_rows: bool = True) -> float:
    """Return sum_k A_{gk}^2 / n_k, or without the rows sum_k A_{gk}^2: the noise in the error of model g.

    >>> clock("accumulate", {"n": 10, "g": 2}), clock("replace", {"n": 10, "g": 3}, by_rows=False)
    (0.125, 3.0)
    """
    shares, rows = _shares(workflow, point["n"], point["g"])
    squares = shares[point["g"] - 1] ** 2
    return float((squares[rows > 0] / rows[rows > 0]).sum() if by_rows else squares.sum())


def _is_weights(loop: Loop, made: Any) -> bool:
    return made.blockwise and not made.rewrites


def location(loop: Loop) -> Estimand:
    """Return what is known about the refitted mean: its law under every workflow that weighs whole batches.

    >>> from paper_checks._estimands_loop import make_loop
    >>> location(make_loop("location", "window(2)", "estimate")).exact({"n": 9, "g": 4, "sigma": 1.0})
    0.0
    """
    from scipy import special

    _, made = loop.made({"sigma": 1.0})
    if not _is_weights(loop, made):
        return _subsampled(loop, made)

    def v(point: Point) -> float:
        return point.get("sigma", loop.fixed.get("sigma", 1.0)) ** 2 * clock(loop.workflow, point)

    if loop.metric == "estimate":
        return Estimand(
            licence=Variance(of=v, because="a normal law"),
            spread=v,
            exact=lambda p: 0.0,
            form=_zero,
            source="symmetry",
            companion=Companion(law=lambda p: lambda x: special.ndtr(x / math.sqrt(v(p)))),
            signed=True,
        )
    return Estimand(
        licence=Variance(of=lambda p: 2 * v(p) ** 2, because="the square of a normal"),
        spread=lambda p: 2 * v(p) ** 2,
        exact=v,
        form=_location_form(made),
        source="the weights of the workflow, squared and added up",
        companion=Companion(law=lambda p: lambda x: special.chdtr(1, np.maximum(x, 0) / v(p))),
    )


def _subsampled(loop: Loop, made: Any) -> Estimand:
    """Return the exact mean of a mean on a subsample, which has no licence here: its law is not known."""
    from paper_checks._estimands_gaussian import _theory_word

    word = _theory_word(made)
    if loop.metric != "square_error" or word is None:
        return Estimand()
    name = "location.subsample_replacement_mse" if word == "subsample_replacement" else "location.subsample_mse"

    def exact(point: Point) -> float:
        from theory.quantity import find

        sigma = point.get("sigma", loop.fixed.get("sigma", 1.0))
        return sigma**2 * find(name).evaluate({"n": point["n"], "g": point["g"]})

    return Estimand(exact=exact, source=name)


def _location_form(made: Any) -> Callable[[], Any] | None:
    from theory import forms
    from theory.symbols import symbol

    if made.name not in ("replace", "accumulate"):
        return None

    def form() -> Any:
        g, one = symbol("g"), symbol("sigma") ** 2 / symbol("n")
        return one * (g if made.name == "replace" else forms.harmonic2(g))

    return form


def _zero() -> Any:
    import sympy

    return sympy.Integer(0)


def linear(loop: Loop) -> Estimand:
    """Return what is known about ridgeless least squares: the law of the risk on one design, its moments on many.

    >>> from paper_checks._estimands_loop import make_loop
    >>> known = linear(make_loop("linear", "replace", "excess_risk"))
    >>> known.exact({"n": 20, "d": 4, "g": 3, "sigma": 1.0}), known.no_spread({"n": 7, "d": 4})
    (0.8, 'the variance is infinite unless n >= d + 4 = 8')
    """
    process, made = loop.made({"d": 1, "sigma": 1.0})
    plain = (process.cov == np.eye(process.d)).all()
    same = loop.metric == "excess_risk" or (loop.metric == "coefficient_error" and "cov" not in loop.given and plain)
    if process.ridge != 0.0 or process.min_norm or not same:
        return Estimand()

    def get(name: str, point: Point) -> Any:
        return point[name] if name in point else loop.fixed.get(name, 1.0)

    def lacks(point: Point, more: int, what: str) -> str:
        least = get("d", point) + more
        return "" if point["n"] >= least else f"the {what} is infinite unless n >= d + {more} = {least}"

    partial = {
        "no_mean": lambda p: lacks(p, 2, "mean"),
        "no_spread": lambda p: lacks(p, 4, "variance"),
        "exact": _risk(loop, made, process.design, get),
        "form": _risk_form(made, process.design),
        "source": "linear.risk" if made.name in ("replace", "accumulate") else "the weights of the workflow",
    }
    weights = _is_weights(loop, made) and not made.rows(np.full(4, 100, np.int64))[:, 1].any()
    if process.design == "fresh" and made.name != "replace":
        return Estimand(**partial)
    if not weights:
        return Estimand(**(partial | {"exact": None, "form": None, "source": ""}))

    def variance(point: Point) -> float:
        d, n = get("d", point), point["n"]
        nu, unit = n - d + 1, get("sigma", point) ** 2
        mean = d / (nu - 2)
        one = d * (d + 2) / ((nu - 2) * (nu - 4)) - mean**2
        if process.design == "fixed":
            return one * (clock(loop.workflow, point, by_rows=False) * unit) ** 2
        # Steps on new rows are independent and spherical: E (e_i . e_j)^2 = E |e_i|^2 E |e_j|^2 / d.
        g = point["g"]
        return (g * one + 2 * g * (g - 1) * mean**2 / d) * unit**2

    def law(point: Point) -> Callable[[Any], Any]:
        from scipy import special

        d, n = get("d", point), point["n"]
        scale = clock(loop.workflow, point, by_rows=False) * get("sigma", point) ** 2 * d / (n - d + 1)
        return lambda x: special.fdtr(d, n - d + 1, np.maximum(x, 0) / scale)

    return Estimand(
        **partial,
        licence=Variance(of=variance, because="the risk is a ratio of chi-squares given the weights"),
        spread=variance,
        # On new rows every generation the law is that of a ratio at g = 1 only.
        companion=Companion(law=law, covers=lambda p: process.design == "fixed" or p["g"] == 1),
    )


def _risk(loop: Loop, made: Any, design: str, get: Any) -> Callable[[Point], float] | None:
    if design == "fixed":
        return lambda p: (
            clock(loop.workflow, p, by_rows=False) * get("sigma", p) ** 2 * get("d", p) / (p["n"] - get("d", p) - 1)
        )
    if made.name not in ("replace", "accumulate"):
        return None

    def exact(point: Point) -> float:
        from theory.quantity import find

        values = {name: get(name, point) for name in ("n", "d", "g", "sigma")}
        return find("linear.risk").evaluate(values | {"workflow": made.name, "design": design})

    return exact


def _risk_form(made: Any, design: str) -> Callable[[], Any] | None:
    if made.name not in ("replace", "accumulate"):
        return None

    def form() -> Any:
        from theory.quantity import find

        return find("linear.risk").form({"workflow": made.name, "design": design})

    return form
