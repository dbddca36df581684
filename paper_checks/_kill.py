"""The kill matrix: run the mutants of a check on seeds of their own and say what became of each.

A wrong value is run at the point where its change stands out most, and all such runs share their paths; if it lives,
it is run wherever it can be seen, one look further. A wrong sampler has paths of its own, so it is hunted from the
cheapest point on, first with few paths, and left once it is dead.
"""

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

__all__ = ["kill_matrix"]

Point = Mapping[str, Any]

#: Paths of the first hunt for wrong samplers. Most die in it; whoever is left is hunted with the whole budget.
SHORT = 2**16


@dataclass(frozen=True)
class _Shot:
    """A wrong value at a point where it has to be refuted."""

    name: str
    point: Point
    test: SampledTest
    draw: Draw
    change: float
    clarity: float


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

    >>> from paper_checks._licence import Binary
    >>> from paper_checks._looks import Looks
    >>> def coin(seed, point):
    ...     return lambda ids: np.array([np.random.default_rng((seed, i)).random() < 0.5 for i in ids]) * 1.0
    >>> looks = Looks(first=1024, count=1)
    >>> check = Check(id="coin", estimand="P(heads)", licence=Binary(), value=lambda point: 0.5, gap=0.2,
    ...               sampler=coin, points=({},), looks=looks, budget=1024,
    ...               mutants=(Mutant(name="loaded", value=lambda point: 0.8),))
    >>> test = check.licence.test(0.5, {}, alpha=1e-6, gap=0.2, looks=looks)
    >>> rules = Rules(budget=1024)
    >>> report = kill_matrix(check, [test], run([test], coin(0, {}), rules), alpha=1e-6, seed=1, rules=rules)
    >>> sorted({kill.name for kill in report.killed}), report.complete
    (['loaded', 'negative control +1', 'negative control -1'], True)
    """
    places = _places(check, tests, outcomes, seed)
    report, shots, hunted = MutantReport(), [], []
    for mutant in (*check.planted(), *_negative_controls(check, outcomes)):
        if mutant.sampler is None:
            report, aimed = _aim_value(report, check, mutant, places, alpha)
            shots += aimed
        elif mutant.equivalent:
            report = _equivalent(report, check, mutant)
        else:
            hunted.append(mutant)
    sharp = [replace(place, test=_sharpened(check, place, alpha)) for place in places]
    return _hunt(_fired(report, shots, rules), hunted, sharp, seed, rules)


def _negative_controls(check: Check, outcomes: Sequence[Outcome]) -> tuple[Mutant, ...]:
    """Return the two wrong constants of a two-sided check of a number: off by twice its resolution."""
    if check.side != "two" or any(outcome.value is None for outcome in outcomes):
        return ()
    sizes = {id(p): outcome.resolution for p, outcome in zip(check.points, outcomes, strict=True)}
    claimed = late(check.value)

    def off(sign: int) -> Callable[[Point], float]:
        return lambda point: claimed(point) + 2 * sign * sizes[id(point)]

    return tuple(Mutant(name=f"negative control {sign:+d}", value=off(sign)) for sign in (1, -1))


@dataclass(frozen=True)
class _Place:
    """A parameter point with what is claimed there, its test, a draw of mutants' paths, and what is resolved."""

    point: Point
    claimed: Any
    test: SampledTest
    draw: Draw
    resolution: float

    @property
    def scale(self) -> float:
        return abs(self.test.value) if self.test.value else 1.0

    @property
    def reach(self) -> float:
        return self.resolution / self.scale


def _places(check: Check, tests: Sequence[SampledTest], outcomes: Sequence[Outcome], seed: int) -> list[_Place]:
    sampler, claimed = late(check.sampler), late(check.value)
    return [
        _Place(point, claimed(point), test, sampler(seed, point), outcome.resolution)
        for point, test, outcome in zip(check.points, tests, outcomes, strict=True)
    ]


def _aim_value(
    report: MutantReport, check: Check, mutant: Mutant, places: list[_Place], alpha: float
) -> tuple[MutantReport, list[_Shot]]:
    """Return the report with a wrong value sorted, and the runs that must refute it."""
    changes = [_change(check, mutant, place) for place in places]
    fate = sort_mutant(changes, [place.reach for place in places])
    if fate == "equivalent":
        return _equivalent(report, check, mutant), []
    if fate == "below":
        return replace(report, below=(*report.below, _blind(mutant.name, changes, places))), []
    made = [
        _shot(check, mutant, place, change, alpha)
        for place, change in zip(places, changes, strict=True)
        if not abs(change) < place.reach
    ]
    impossible = next((each for each in made if isinstance(each, Kill)), None)
    if impossible:
        return replace(report, killed=(*report.killed, impossible)), []
    return report, [each for each in made if isinstance(each, _Shot)]


def _equivalent(report: MutantReport, check: Check, mutant: Mutant) -> MutantReport:
    reason = mutant.equivalent
    if not reason and check.side != "two" and check.truth:
        reason = "the mutated bound is true as well"
    if not reason:
        return replace(report, unexplained=(*report.unexplained, mutant.name))
    same = Equivalent(mutant.name, reason, mutant.killed_by)
    return replace(report, equivalent=(*report.equivalent, same))


def _change(check: Check, mutant: Mutant, place: _Place) -> float:
    """Return how far a mutant's value is from the claim: relative for a number, a gap for a law.

    Of a one-sided claim only the part that makes it false counts: a weaker bound that is true is no
    error. The gap between two laws is taken over the first unit of paths, at which it is a lower bound.
    """
    mutated = mutant.value(place.point) if mutant.value else place.claimed
    if callable(place.claimed):
        x = place.draw(np.arange(UNIT, dtype=np.int64))
        return float(np.abs(np.asarray(mutated(x)) - np.asarray(place.claimed(x))).max())
    if not np.isfinite(mutated):
        return float("inf")
    if check.side == "two":
        return relative_change(mutated, place.claimed)
    if check.truth is None:
        return float("inf")
    truth = late(check.truth)(place.point)
    short = truth - mutated if check.side == "upper" else mutated - truth
    return max(0.0, short) / place.scale


def _blind(name: str, changes: list[float], places: list[_Place]) -> Blind:
    wanted = [
        smallest_paths(place.test.resolution, abs(change) * place.scale)
        for change, place in zip(changes, places, strict=True)
    ]
    return Blind(name, max(changes, key=abs), min((paths for paths in wanted if paths), default=None))


def _shot(check: Check, mutant: Mutant, place: _Place, change: float, alpha: float) -> _Shot | Kill:
    """Return the run that must refute the mutant, or its kill if its value is impossible as it stands."""
    mutated = mutant.value(place.point) if mutant.value else None
    gap = place.test.design.wanted
    try:
        wrong = check.licence.test(mutated, place.point, alpha=alpha, gap=gap, looks=check.looks, side=check.side)
    except BadInput:
        return Kill(mutant.name, _words(place.point), 0, change)
    return _Shot(mutant.name, place.point, wrong, place.draw, change, abs(change) / place.reach)


def _fired(report: MutantReport, shots: list[_Shot], rules: Rules) -> MutantReport:
    """Return the report with the wrong values run: each at its clearest point, and who lives at all, one look on.

    A value that is off by just the resolution lives through the planned looks once in a hundred; one look more,
    which a wrong value that was not certified has coming to it, makes that rarer than anything else here.
    """
    clearest: dict[str, _Shot] = {}
    for shot in shots:
        if shot.name not in clearest or shot.clarity > clearest[shot.name].clarity:
            clearest[shot.name] = shot
    killed = _volley(list(clearest.values()), rules)
    alive = [shot for shot in shots if shot.name not in killed]
    killed |= _volley(alive, replace(rules, budget=2 * rules.budget))
    survived = tuple(name for name in clearest if name not in killed)
    return replace(report, killed=(*report.killed, *killed.values()), survived=survived)


def _volley(shots: list[_Shot], rules: Rules) -> dict[str, Kill]:
    """Return the kills by name of shots fired together, in one run, so that mutants share the paths of a point."""
    if not shots:
        return {}
    outcomes = run([shot.test for shot in shots], [shot.draw for shot in shots], replace(rules, probe=False))
    kills: dict[str, Kill] = {}
    for shot, outcome in zip(shots, outcomes, strict=True):
        if outcome.status is Status.REFUTED:
            kills.setdefault(shot.name, Kill(shot.name, _words(shot.point), outcome.paths, shot.change))
    return kills


def _hunt(report: MutantReport, mutants: list[Mutant], places: list[_Place], seed: int, rules: Rules) -> MutantReport:
    """Return the report with every wrong sampler hunted until it dies at some point or no point is left."""
    cheapest_first = sorted(places, key=lambda place: place.resolution / place.scale)
    short = max(SHORT, min(place.test.looks.first for place in places))
    alive = mutants
    for budget in dict.fromkeys((min(short, rules.budget), rules.budget)):
        for place in cheapest_first:
            if not alive:
                return report
            draws = [late(mutant.sampler)(seed, place.point) for mutant in alive]
            limits = replace(rules, budget=budget, probe=False)
            kills = [
                _kill_of(*each, place)
                for each in zip(alive, run([place.test] * len(alive), draws, limits), strict=True)
            ]
            report = replace(report, killed=(*report.killed, *(kill for kill in kills if kill)))
            alive = [mutant for mutant, kill in zip(alive, kills, strict=True) if kill is None]
    return replace(report, survived=(*report.survived, *(mutant.name for mutant in alive)))


def _sharpened(check: Check, place: _Place, alpha: float) -> SampledTest:
    """Return the test of a point that goes on until it refutes: a wrong process must not hold at a coarse precision."""
    how = {"alpha": alpha, "looks": check.looks, "side": check.side}
    return check.licence.test(place.claimed, place.point, gap=place.test.design.wanted / 64, **how)


def _kill_of(mutant: Mutant, outcome: Outcome, place: _Place) -> Kill | None:
    """Return the kill that an outcome is: a refutation, or an ERROR by a guard that the mutant has named."""
    guarded = outcome.status is Status.ERROR and any(words in outcome.message for words in mutant.guard)
    if outcome.status is not Status.REFUTED and not guarded:
        return None
    return Kill(mutant.name, _words(place.point), outcome.paths, None, outcome.message if guarded else "")


def _words(point: Point) -> str:
    return ", ".join(f"{name} = {value}" for name, value in point.items())
