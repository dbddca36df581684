"""The refitted discrete law: its metrics are bounded, so they need no knowledge of the loop at all."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from paper_checks._estimands import Ends, Estimand
from paper_checks._estimands_loop import Loop
from paper_checks._licence import Binary

__all__ = ["known"]

Point = Mapping[str, Any]
_QUANTITIES = {
    "heterozygosity": "discrete.heterozygosity_mean",
    "surviving_symbols": "discrete.symbols_mean",
    "entropy": "discrete.entropy_mean",
    "collapsed": "discrete.collapse_probability",
}
#: Room for the rounding of frequencies that are added up.
_ROUNDING = 1e-9


def known(loop: Loop) -> Estimand:
    """Return what is known about a metric of the discrete law, under every workflow.

    >>> from paper_checks._estimands_loop import make_loop
    >>> entropy = known(make_loop("wright_fisher", "edit(replace, count=2)", "entropy"))
    >>> round(entropy.licence.of({"N": 4})[1], 4), entropy.exact
    (1.3863, None)
    """
    process, made = loop.made({"N": 2})

    def atoms(point: Point) -> list[float]:
        n_atoms = point.get("N")
        return [1 / n_atoms] * n_atoms if n_atoms and "N" in loop.free else process.p.tolist()

    def ends(point: Point) -> tuple[float, float]:
        many = len(atoms(point))
        low, high = {
            "heterozygosity": (0.0, 1 - 1 / many),
            "entropy": (0.0, math.log(many)),
            "surviving_symbols": (1.0, float(many)),
            "lost_symbols": (0.0, float(many)),
            "lost_mass": (0.0, 1.0),
            "frequency": (0.0, 1.0),
            "collapsed": (0.0, 1.0),
        }[loop.metric]
        return low - _ROUNDING, high + _ROUNDING

    exact, form = _mean(loop, made, atoms)
    event = loop.metric == "collapsed"
    return Estimand(
        licence=Binary() if event else Ends(of=ends, because=f"{loop.metric} has a least and a largest value"),
        spread=lambda p: (ends(p)[1] - ends(p)[0]) ** 2 / 4,
        exact=exact,
        form=form,
        source=("a martingale" if loop.metric == "frequency" else _QUANTITIES[loop.metric]) if exact else "",
    )


def _mean(loop: Loop, made: Any, atoms: Callable[[Point], list[float]]) -> tuple[Any, Any]:
    """Return the exact mean and its formula, each None where theory has none."""
    if loop.metric == "frequency":
        is_fair = made.blockwise and not made.rewrites
        return (lambda p: atoms(p)[0], lambda: _start(loop, "frequency")) if is_fair else (None, None)
    het = loop.metric == "heterozygosity"
    if loop.metric not in _QUANTITIES or (made.name != "replace" and not (het and made.name == "accumulate")):
        return None, None
    words = {"workflow": made.name} if het else {}

    def exact(point: Point) -> float:
        from theory.quantity import find

        at = {"p": atoms(point), "n": point["n"], "g": point["g"]}
        return find(_QUANTITIES[loop.metric]).evaluate(at | words)

    def form() -> Any:
        from theory import forms
        from theory.symbols import symbol

        n, k = symbol("n"), forms.index("k")
        if made.name == "replace":
            return _start(loop, "heterozygosity") * (1 - 1 / n) ** symbol("g")
        return _start(loop, "heterozygosity") * forms.multiply(1 - 1 / (n * k**2), (k, 1, symbol("g")))

    return exact, form if het else None


def _start(loop: Loop, metric: str) -> Any:
    """Return the metric of the real law: in N where the number of equal atoms is free, else an exact number."""
    import sympy

    from theory.symbols import symbol

    if "N" in loop.free:
        share = 1 / symbol("N")
        return share if metric == "frequency" else 1 - share
    p = [sympy.Rational(str(each)) for each in loop.given["p"]]
    return p[0] if metric == "frequency" else 1 - sympy.Add(*(each**2 for each in p))
