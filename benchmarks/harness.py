"""Measure variants of one computation against each other: interleaved, in shuffled rounds, by CPU time.

The speed of a machine drifts by factors within a minute; the ratio of two variants timed in the same round does
not. So a result is the median over rounds of the ratio in the round, a goal is held against its lower quartile,
and a seconds-per-call figure is never compared with one of another run.
"""

from __future__ import annotations

import importlib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Case", "Goal", "Outcome", "Timing", "Variant", "judge", "measure", "optional"]

#: A lower quartile this far below a goal is still noise: quartiles lie mostly within 5 % of the median.
MARGIN = 0.05


@dataclass(frozen=True)
class Variant:
    """One way to do the work: ``run`` does ``work`` units of it; None where the package ``needs`` is missing."""

    name: str
    work: float
    run: Callable[[], object] | None
    needs: str = ""


@dataclass(frozen=True)
class Goal:
    """``fast`` does at least ``least`` times the work of ``reference`` in the same CPU time."""

    fast: str
    reference: str
    least: float
    margin: float = MARGIN

    @property
    def threshold(self) -> float:
        """What the lower quartile of the ratio must reach."""
        return self.least * (1 - self.margin)


@dataclass(frozen=True)
class Case:
    """Variants of one computation, the unit their work is counted in, and what is asked of their ratios."""

    name: str
    unit: str
    variants: Sequence[Variant]
    goals: Sequence[Goal] = ()

    def __post_init__(self) -> None:
        """Refuse a goal about a variant that is not there, and two variants of one name."""
        names = [variant.name for variant in self.variants]
        if len(set(names)) < len(names):
            raise ValueError(f"{self.name}: two variants share a name: {names}")
        for goal in self.goals:
            if not {goal.fast, goal.reference} <= set(names):
                raise ValueError(f"{self.name}: a goal names a variant that is not there: {goal}")


@dataclass(frozen=True)
class Timing:
    """CPU seconds of each variant: ``rounds`` (R,), and ``warm_up`` of the first call, compilation included."""

    rounds: dict[str, np.ndarray]
    warm_up: dict[str, float]


@dataclass(frozen=True)
class Outcome:
    """A goal and what was measured: quartiles of the ratio (None if skipped), and met, missed or skipped: PACKAGE."""

    goal: Goal
    quartiles: tuple[float, float, float] | None
    state: str


def optional(name: str, work: float, package: str, make: Callable[[Any], Callable[[], object]]) -> Variant:
    """Return the variant that ``make(module)`` builds, or one that says which package is missing."""
    try:
        module = importlib.import_module(package)
    except ModuleNotFoundError:
        return Variant(name, work, None, package)
    return Variant(name, work, make(module))


def measure(case: Case, *, rounds: int, clock: Callable[[], float] = time.process_time) -> Timing:
    """Return the CPU times of all variants that are there, each called once in every round, in random order."""
    present = [(variant.name, variant.run) for variant in case.variants if variant.run is not None]
    warm_up = {name: _timed(run, clock) for name, run in present}
    times: dict[str, list[float]] = {name: [] for name, _ in present}
    shuffle = random.Random(0).shuffle
    for _ in range(rounds):
        shuffle(present)
        for name, run in present:
            times[name].append(_timed(run, clock))
    return Timing({name: np.array(each) for name, each in times.items()}, warm_up)


def ratio(case: Case, timing: Timing, fast: str, reference: str) -> tuple[float, float, float]:
    """Return the quartiles over the rounds of how many times the work of ``reference`` is done by ``fast``."""
    work = {variant.name: variant.work for variant in case.variants}
    rates = {name: work[name] / timing.rounds[name] for name in (fast, reference)}
    low, middle, high = np.quantile(rates[fast] / rates[reference], [0.25, 0.5, 0.75])
    return float(low), float(middle), float(high)


def judge(case: Case, timing: Timing) -> list[Outcome]:
    """Return what became of each goal; a missing reference skips a goal and never meets it."""
    needs = {variant.name: variant.needs for variant in case.variants if variant.run is None}
    outcomes = []
    for goal in case.goals:
        missing = [needs[name] for name in (goal.fast, goal.reference) if name in needs]
        if missing:
            outcomes.append(Outcome(goal, None, f"skipped: {missing[0]} is not installed"))
            continue
        quartiles = ratio(case, timing, goal.fast, goal.reference)
        outcomes.append(Outcome(goal, quartiles, "met" if quartiles[0] >= goal.threshold else "missed"))
    return outcomes


def _timed(run: Callable[[], object], clock: Callable[[], float]) -> float:
    began = clock()
    run()
    return clock() - began
