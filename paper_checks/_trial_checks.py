"""The checks of a trial: of the formula, of the exact mean, and of what a mean is blind to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from paper_checks._claim import Check
from paper_checks._estimands import Companion, Estimand, Trusted
from paper_checks._examine import examine
from paper_checks._grid import Grid
from paper_checks._licence import Binary, WholeLaw
from paper_checks._mutants import Mutant
from paper_checks._outcome import Outcome
from paper_checks._trial_case import LOOKS, Case, Number

__all__ = ["mean_check", "watch"]

Point = Mapping[str, Any]

#: How finely a companion looks: a gap between laws, a relative error of a variance.
_LAW_GAP, _SPREAD_DELTA = 0.01, 0.0625


def mean_check(case: Case, grid: Grid, value: Number, slips: Mapping[str, Number], side: str) -> Check:
    """Return the check of a value at the grid's points."""
    points = tuple(case.full(point) for point in grid.points)
    known = case.known
    assert known.licence is not None
    size = _size(case, points, value)
    truth = _truth(case) if side != "two" else None
    mutants = [Mutant(name=name, value=slip) for name, slip in slips.items()]
    if truth is not None:
        mutants = [*mutants, *_false_bounds(case, truth, value)]
    elif not mutants:
        mutants = [Mutant(name="off by a quarter of the spread", value=lambda p: value(p) + case.spread(p) ** 0.5 / 4)]
    return Check(
        id="mean",
        estimand=f"the mean {case.loop.words()}",
        licence=known.licence,
        value=lambda p: _clipped(known, value(p), side),
        sampler=_sampler(case, grid),
        points=points,
        mutants=tuple(mutants),
        budget=case.precision.budget,
        side=side,
        truth=truth,
        looks=LOOKS,
        blind={"spread": "trial/companion"},
        # Frequencies have few values, and two paths may well share one.
        discrete=case.loop.process == "wright_fisher",
        **size,
    )


def _clipped(known: Estimand, value: float, side: str) -> float:
    """Return a bound of a probability inside [0, 1]: beyond it says no more."""
    if not isinstance(known.licence, Binary) or side == "two":
        return value
    return min(value, 1.0) if side == "upper" else max(value, 0.0)


def _size(case: Case, points: Sequence[Point], value: Number) -> dict[str, Any]:
    """Return the precision: relative, or absolute (in units of the spread) where values may be 0."""
    known, precision = case.known, case.precision
    if not known.signed and all(value(point) for point in points):
        return {"delta": precision.delta}
    spreads = [case.spread(point) for point in points]
    least = precision.delta * math.sqrt(min(spreads))
    return {"gap": max(least, *(1.001 * precision.reach(spread) for spread in spreads))}


def _sampler(case: Case, grid: Grid, *, more: Sequence[Point] = (), then: Any = None) -> Any:
    points = [*grid.points, *more]
    generations = max(point["g"] for point in points)
    _, workflow = case.loop.made(points[0])
    sizes = [workflow.rows(np.full(generations, point["n"], np.int64)).sum(axis=1).max() for point in points]
    return case.loop.sampler(generations=generations, most_rows=int(max(sizes)), then=then)


def _truth(case: Case) -> Number:
    """Return what tells which mutants of a bound are wrong: the exact mean, or what a pilot certainly clears."""
    if case.known.exact is not None:
        return case.known.exact
    return _pilot(case)


def _pilot(case: Case) -> Number:
    sign = 1 if case.side == "upper" else -1
    held: dict[Any, float] = {}

    def truth(point: Point) -> float:
        key = tuple(sorted(point.items()))
        if key not in held:
            draw = case.loop.sampler(generations=point["g"])(0, point)
            x = draw(np.arange(LOOKS.first, dtype=np.int64))
            held[key] = float(x.mean()) - sign * 5 * math.sqrt(case.spread(point) / x.size)
        return held[key]

    return truth


def _false_bounds(case: Case, truth: Number, value: Number) -> list[Mutant]:
    sign = 1 if case.side == "upper" else -1

    def false(point: Point) -> float:
        return truth(point) - sign * 3 * case.precision.delta * max(abs(value(point)), abs(truth(point)))

    return [Mutant(name="a bound that the mean breaks", value=false)]


def watch(case: Case, grid: Grid) -> tuple[Outcome, ...]:
    """Return the outcome of the companion at one point; none where the licence needs no watching."""
    companion, licence = case.known.companion, case.known.licence
    if companion is None or licence is None or not licence.needs_companion:
        return ()
    points = [p for p in (*grid.points, *grid.candidates) if companion.covers(case.full(p))]
    points = points or [{**grid.points[0], "g": 1}]
    check = _law_check(case, grid, companion, points[0]) or _spread_check(case, grid, companion, points)
    return examine(case.name, check, case.terms("companion"))


def _law_check(case: Case, grid: Grid, companion: Companion, point: Point) -> Check | None:
    law = companion.law
    if law is None:
        return None
    return Check(
        id="companion",
        estimand=f"the law of {case.loop.words()}",
        licence=WholeLaw(),
        value=law,
        sampler=_sampler(case, grid, more=(point,)),
        points=(case.full(point),),
        mutants=(Mutant(name="n doubled", value=lambda p: law({**p, "n": 2 * p["n"]})),),
        gap=_LAW_GAP * case.coarser,
        looks=LOOKS,
        budget=case.precision.budget,
    )


def _spread_check(case: Case, grid: Grid, companion: Companion, points: Sequence[Point]) -> Check:
    centre, fourth, spread = companion.centre, companion.fourth, case.spread
    assert centre is not None
    assert fourth is not None
    # The cheapest point: the earliest generation.
    point = case.full(min(points, key=lambda p: (p["g"], p["n"])))
    return Check(
        id="companion",
        estimand=f"the variance of {case.loop.words()}",
        licence=Trusted(of=lambda p: fourth(p) - spread(p) ** 2, because="the same recursion, to the fourth moment"),
        value=spread,
        sampler=_sampler(case, grid, then=lambda x, p: (x - centre(p)) ** 2),
        points=(point,),
        mutants=(
            Mutant(name="half of it", value=lambda p: spread(p) / 2),
            Mutant(name="twice of it", value=lambda p: 2 * spread(p)),
        ),
        delta=_SPREAD_DELTA * case.coarser,
        looks=LOOKS,
        budget=case.precision.budget,
    )
