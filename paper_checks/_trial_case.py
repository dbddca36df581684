"""A formula about a loop, ready to be tried: its value at a point, its precision, its seeds, its slips."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from groundwork.errors import BadInput
from paper_checks._estimands import Estimand
from paper_checks._estimands_loop import Loop
from paper_checks._evaluate import evaluator
from paper_checks._examine import Terms
from paper_checks._formula_mutants import formula_mutants
from paper_checks._grid import Precision
from paper_checks._looks import Looks
from paper_checks._relations import Relation
from paper_checks._seeds import FAMILY_ALPHA

__all__ = ["LOOKS", "Case", "Number", "exact_slips", "formula_slips", "number", "relative"]

Point = Mapping[str, Any]
Number = Callable[[Point], float]

LOOKS = Looks(first=4096, count=13)
#: Precision and paths at the standard budget; a coarser run has its precision multiplied and its paths divided.
DELTA, PATHS = 0.01, 2**22
_SHARES = {"formula": 0.5, "exact": 0.25, "companion": 0.25}


@dataclass(frozen=True)
class Case:
    """A formula about a loop, ready to be tried."""

    expression: Any
    loop: Loop
    known: Estimand
    asked: Relation
    coarser: float
    suite: str
    value: Number

    @property
    def side(self) -> str:
        """The side of a check: two for an equality or an order."""
        return self.asked.kind if self.asked.kind in ("upper", "lower") else "two"

    @property
    def name(self) -> str:
        """What the seeds are made from: the formula in its canonical form and the loop."""
        return f"{self.expression} | {self.loop.words()} | {self.asked}"

    @property
    def precision(self) -> Precision:
        """What the run is to resolve, and what it may spend."""
        return Precision(DELTA * self.coarser, round(PATHS / self.coarser**2), LOOKS.count, FAMILY_ALPHA / 24)

    def terms(self, share: str) -> Terms:
        """Return the terms of one of the three checks: its share of alpha."""
        return Terms(alpha=FAMILY_ALPHA * _SHARES[share], suite=self.suite)

    def full(self, point: Point) -> dict[str, Any]:
        """Return a point with the values that the loop fixes."""
        return {**point, **self.loop.fixed}

    def spread(self, point: Point) -> float:
        """Return the variance that the licence knows."""
        assert self.known.spread is not None
        return self.known.spread(point)


def formula_slips(case: Case) -> dict[str, Number]:
    """Return the slips of the formula, read off its tree."""
    return {slip.name: number(slip.expression, case.loop) for slip in formula_mutants(case.expression)}


def exact_slips(known: Estimand) -> dict[str, Number]:
    """Return the slips of an exact mean that has no tree: one generation or one sample more."""
    exact = known.exact
    assert exact is not None

    def moved(name: str) -> Number:
        def value(point: Point) -> float:
            try:
                return exact({**point, name: point[name] + 1})
            except (BadInput, ZeroDivisionError):
                return math.nan

        return value

    return {"g + 1": moved("g"), "n + 1": moved("n")}


def number(expression: Any, loop: Loop) -> Number:
    """Return the function from a point to the expression's value as a float, NaN where it has no finite real one.

    >>> from paper_checks._estimands_loop import make_loop
    >>> from theory.reading import read
    >>> number(read("1/(n-20)"), make_loop("location", "replace"))({"n": 20, "g": 1, "sigma": 1.0})
    nan
    """
    import mpmath

    exact = evaluator(expression, loop.symbols)

    def value(point: Point) -> float:
        try:
            found = exact({**loop.fixed, **point})
            return float(found) if mpmath.im(found) == 0 and mpmath.isfinite(found) else math.nan
        except (ZeroDivisionError, ValueError, TypeError, OverflowError):
            return math.nan

    return value


def relative(value: Number, slip: Number) -> Number:
    """Return the function from a point to the relative change that a slip makes there.

    >>> relative(lambda p: 4.0, lambda p: 5.0)({})
    0.25
    """

    def change(point: Point) -> float:
        here = value(point)
        return (slip(point) - here) / (abs(here) or 1.0)

    return change
