"""The kill matrix: run the mutants of a check on seeds of their own and say what became of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from groundwork.errors import BadInput
from paper_checks._claim import Check, late
from paper_checks._looks import UNIT, smallest_paths
from paper_checks._mutants import (
    Blind,
    Equivalent,
    Kill,
    Mutant,
    MutantReport,
    relative_change,
    sort_mutant,
)
from paper_checks._outcome import Outcome, Status
from paper_checks._sequential import run
from paper_checks._stream import Draw, Rules, SampledTest

__all__ = ["kill_matrix", "negative_controls"]

Point = Mapping[str, Any]


@dataclass(frozen=True)
class _Shot:
    """A mutant at a point where it has to be refuted."""

    name: str
    point: Point
    test: SampledTest
    draw: Draw
    change: float | None


def kill_matrix(
    check: Check,
    tests: Sequence[SampledTest],
    outcomes: Sequence[Outcome],
    *,
    alpha: float,
    seed: int,
    rules: Rules,
) -> MutantReport:
    """Return what became of the check's mutants and of its negative controls.

    ``tests`` and ``outcomes`` are those of the check itself, one a point; ``seed`` is the mutants' own. A
    mutant whose change reaches the resolution at some point is run there and must be refuted; a smaller
    change is listed with the paths that would show it; no change at all needs its written reason.
    """
    sampler, claimed = late(check.sampler), late(check.value)
    draws = [sampler(seed, point) for point in check.points]
    report = MutantReport()
    shots: list[_Shot] = []
    for mutant in (*check.planted(), *negative_controls(check, tests, outcomes)):
        if mutant.sampler is not None:
            report = _without_shots(report, mutant) if mutant.equivalent else report
            wrong = late(mutant.sampler)
            shots += [
                _Shot(mutant.name, point, test, wrong(seed, point), None)
                for point, test in zip(check.points, tests, strict=True)
                if not mutant.equivalent
            ]
            continue
        changes = [
            _change(check, mutant, point, claimed(point), draw)
            for point, draw in zip(check.points, draws, strict=True)
        ]
        reach = [_reach(test, outcome) for test, outcome in zip(tests, outcomes, strict=True)]
        fate = sort_mutant(changes, reach)
        if fate == "equivalent":
            report = _without_shots(report, mutant)
        elif fate == "below":
            report = replace(report, below=(*report.below, _blind(mutant.name, changes, tests)))
        else:
            near = [not abs(change) < size for change, size in zip(changes, reach, strict=True)]
            rows = zip(check.points, tests, draws, changes, near, strict=True)
            made = [_shot(check, mutant, *row[:4], alpha) for row in rows if row[4]]
            report = replace(report, killed=(*report.killed, *(k for k in made if isinstance(k, Kill))))
            shots += [shot for shot in made if isinstance(shot, _Shot)]
    return _fired(report, shots, rules)


def negative_controls(
    check: Check, tests: Sequence[SampledTest], outcomes: Sequence[Outcome]
) -> tuple[Mutant, ...]:
    """Return the two wrong constants of every two-sided check of a number: off by twice its resolution."""
    if check.side != "two" or any(test.value is None for test in tests):
        return ()
    sizes = {id(p): outcome.resolution for p, outcome in zip(check.points, outcomes, strict=True)}
    claimed = late(check.value)

    def off(sign: int) -> Callable[[Point], float]:
        return lambda point: claimed(point) + 2 * sign * sizes[id(point)]

    return tuple(Mutant(name=f"negative control {s:+d}", value=off(s)) for s in (1, -1))


def _without_shots(report: MutantReport, mutant: Mutant) -> MutantReport:
    if not mutant.equivalent:
        return replace(report, unexplained=(*report.unexplained, mutant.name))
    same = Equivalent(mutant.name, mutant.equivalent, mutant.killed_by)
    return replace(report, equivalent=(*report.equivalent, same))


def _change(check: Check, mutant: Mutant, point: Point, claimed: Any, draw: Draw) -> float:
    """Return how far a mutant's value is from the claim: relative for a number, a gap for a law.

    Of a one-sided claim only the part that makes it false counts: a weaker bound that is true is no
    error. The gap between two laws is taken over the first unit of paths, at which it is a lower bound.
    """
    mutated = mutant.value(point) if mutant.value else claimed
    if callable(claimed):
        x = draw(np.arange(UNIT, dtype=np.int64))
        return float(np.abs(np.asarray(mutated(x)) - np.asarray(claimed(x))).max())
    if not np.isfinite(mutated):
        return float("inf")
    if check.side == "two":
        return relative_change(mutated, claimed)
    if check.truth is None:
        return float("inf")
    truth = late(check.truth)(point)
    short = truth - mutated if check.side == "upper" else mutated - truth
    return max(0.0, short) / (abs(claimed) or 1.0)


def _reach(test: SampledTest, outcome: Outcome) -> float:
    return outcome.resolution / (abs(test.value) if test.value else 1.0)


def _blind(name: str, changes: list[float], tests: Sequence[SampledTest]) -> Blind:
    wanted = [
        smallest_paths(test.resolution, abs(change) * (abs(test.value) if test.value else 1.0))
        for change, test in zip(changes, tests, strict=True)
    ]
    return Blind(name, max(changes, key=abs), min((paths for paths in wanted if paths), default=None))


def _shot(
    check: Check, mutant: Mutant, point: Point, test: SampledTest, draw: Draw, change: float, alpha: float
) -> _Shot | Kill:
    """Return the run that must refute the mutant, or its kill if its value is impossible as it stands."""
    mutated = mutant.value(point) if mutant.value else None
    try:
        wrong = check.licence.test(
            mutated, point, alpha=alpha, gap=test.design.wanted, looks=check.looks, side=check.side
        )
    except BadInput:
        return Kill(mutant.name, _words(point), 0, change)
    return _Shot(mutant.name, point, wrong, draw, change)


def _fired(report: MutantReport, shots: list[_Shot], rules: Rules) -> MutantReport:
    """Return the report with every shot fired: one run, so that mutants share the paths of a point."""
    if not shots:
        return report
    outcomes = run([shot.test for shot in shots], [shot.draw for shot in shots], replace(rules, probe=False))
    kills = list(report.killed)
    for shot, outcome in zip(shots, outcomes, strict=True):
        if outcome.status is Status.REFUTED:
            kills.append(Kill(shot.name, _words(shot.point), outcome.paths, shot.change))
    dead = {kill.name for kill in kills}
    survived = tuple(dict.fromkeys(shot.name for shot in shots if shot.name not in dead))
    return replace(report, killed=tuple(kills), survived=survived)


def _words(point: Point) -> str:
    return ", ".join(f"{name} = {value}" for name, value in point.items())
