"""The points at which a formula is tried: few, affordable, and chosen so that its slips show.

Every mutant of the formula should change by more than the precision at some point, every free parameter should take two
values or more, and no point may cost more paths than the budget has. Candidates are small on purpose:
where n is small and g large, a term of higher order is not.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundwork.checks import number
from groundwork.errors import BadInput, suggestion
from paper_checks._estimands import Estimand
from paper_checks._estimands_loop import Loop, where
from paper_checks._looks import BETA, z_power

__all__ = ["Grid", "Precision", "candidates", "choose"]

Point = dict[str, Any]

_VALUES: dict[str, dict[str, tuple[Any, ...]]] = {
    "gaussian": {"n": (10, 20, 40), "g": (1, 2, 3, 6), "sigma": (1.0, 1.5)},
    "linear": {"n": (10, 14, 20, 40), "g": (1, 2, 3, 6), "d": (2, 5), "sigma": (1.0, 1.5)},
    "location": {"n": (8, 20, 50), "g": (1, 2, 3, 6), "sigma": (1.0, 1.5)},
    "wright_fisher": {"n": (6, 12, 30), "g": (1, 2, 3, 6), "N": (2, 4)},
}
_COMMON = {"n": (10, 20, 40), "g": (1, 2, 3, 6)}
#: Points that are chosen from the candidates, and the most that may be asked for.
POINTS, MOST = 5, 24
#: A mutant counts as separated where it changes by this many times the precision.
_CLEAR = 1.25


@dataclass(frozen=True)
class Grid:
    """The points, in the order in which a first break is reported, all candidates, and what was left out and why."""

    points: tuple[Point, ...]
    candidates: tuple[Point, ...]
    left_out: tuple[tuple[str, Point], ...]


@dataclass(frozen=True)
class Precision:
    """What a run can resolve: the relative precision asked for, the paths it may draw, and its error probability."""

    delta: float
    budget: int
    looks: int
    alpha: float

    def reach(self, spread: float, paths: int | None = None) -> float:
        """Return the absolute error that a run refutes, from the variance, after the budget of paths.

        >>> round(Precision(0.01, 2**20, 13, 1e-7).reach(1.0), 5)
        0.00874
        """
        exponent = math.log(2 * self.looks / self.alpha)
        return (math.sqrt(2.1 * exponent) + z_power(BETA)) * math.sqrt(max(spread, 0.0) / (paths or self.budget))


def candidates(loop: Loop, at: Mapping[str, Sequence[Any]]) -> tuple[Point, ...]:
    """Return all points in order; ``at`` gives the values of single parameters.

    >>> from paper_checks._estimands_loop import make_loop
    >>> candidates(make_loop("location(sigma=2)", "replace", "estimate"), {"n": (9,), "g": (1, 2)})
    ({'n': 9, 'g': 1}, {'n': 9, 'g': 2})
    """
    from theory.symbols import domain

    values = dict(_VALUES.get(loop.process, _COMMON))
    for name, wanted in at.items():
        if name not in loop.free:
            fixed = f"it is {loop.fixed[name]} here" if name in loop.fixed else suggestion(name, loop.free)
            raise BadInput("at", name, f"one of {', '.join(loop.free)}", fixed)
        if not wanted:
            raise BadInput("at", name, "at least one value")
        values[name] = tuple(dict.fromkeys(domain(name).check(_whole(each)) for each in wanted))
    names = [name for name in loop.free if name in values]
    return tuple(dict(zip(names, each, strict=True)) for each in itertools.product(*(values[name] for name in names)))


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def choose(
    loop: Loop,
    known: Estimand,
    value: Callable[[Point], float],
    changes: Mapping[str, Callable[[Point], float]],
    precision: Precision,
    at: Mapping[str, Sequence[Any]],
) -> Grid:
    """Return the grid for a formula with values ``value`` and mutants whose relative changes are ``changes``.

    If every parameter of the loop is given by ``at``, all its points are taken.
    """
    every, left_out = [], []
    for point in candidates(loop, at):
        why = known.no_mean(point) or known.no_spread(point)
        if not why and known.spread is not None and known.spread(point) == 0:
            why = "the metric is a constant there, and no chance is in it"
        (left_out.append((why, point)) if why else every.append(point))
    if not every:
        raise BadInput("at", where(left_out[0][1]), "a point that can be tried", left_out[0][0])
    if set(at) >= set(loop.free):
        if len(every) > MOST:
            raise BadInput("at", len(every), f"at most {MOST} points")
        return Grid(tuple(every), tuple(every), tuple(left_out))
    sized = [(point, _relative(known, value(point), point, precision)) for point in every]
    cheap = [point for point, size in sized if size <= precision.delta]
    if not cheap:
        cheap = [point for point, _ in sorted(sized, key=lambda each: each[1])[:POINTS]]
    chosen = _greedy(cheap, changes, loop.free, dict(_sizes(sized)), precision.delta)
    return Grid(tuple(point for point in every if point in chosen), tuple(every), tuple(left_out))


def _sizes(sized: list[tuple[Point, float]]) -> list[tuple[str, float]]:
    return [(where(point), size) for point, size in sized]


def _relative(known: Estimand, value: float, point: Point, precision: Precision) -> float:
    """Return the relative error that the budget resolves at a point; of a signed metric, relative to its spread."""
    assert known.spread is not None
    spread = number("variance", known.spread(point), low=0)
    mean = known.exact(point) if known.exact else value
    scale = math.sqrt(spread) if known.signed or not mean or not math.isfinite(mean) else abs(mean)
    return precision.reach(spread) / scale if scale else 0.0


def _greedy(
    cheap: list[Point],
    changes: Mapping[str, Callable[[Point], float]],
    free: Sequence[str],
    sizes: Mapping[str, float],
    delta: float,
) -> list[Point]:
    """Return points one by one: the one that separates most mutants not yet separated, then most new values."""
    seen = {
        where(point): {name for name, change in changes.items() if not abs(change(point)) < _CLEAR * delta}
        for point in cheap
    }
    chosen: list[Point] = []
    killed: set[str] = set()
    values: dict[str, set[Any]] = {name: set() for name in free}
    while len(chosen) < min(POINTS, len(cheap)):
        gains = {}
        for point in cheap:
            fresh = [name for name in point if point[name] not in values[name]]
            # Where nothing else decides, the cheaper point.
            gains[where(point)] = (len(seen[where(point)] - killed), len(fresh), -sizes[where(point)])
        best = max((point for point in cheap if point not in chosen), key=lambda point: gains[where(point)])
        if gains[where(best)][:2] == (0, 0):
            break
        chosen.append(best)
        killed |= seen[where(best)]
        for name in values:
            values[name].add(best.get(name))
    return chosen
