"""The verdict on a formula of anybody's: grid, check, companion, theory, and what the formula is if it is not the mean.

A claim is built in memory and goes the way of every other claim: ``examine`` with derived seeds, mutants made from the
formula, alpha 1e-6 for the whole command, divided over the check of the formula, that of the exact form, and the
companion that watches the spread.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from groundwork.errors import BadInput
from paper_checks._estimands import estimand
from paper_checks._estimands_loop import Loop, where
from paper_checks._evidence import Evidence
from paper_checks._examine import examine
from paper_checks._grid import Grid, choose
from paper_checks._licence import Binary
from paper_checks._outcome import Outcome, Status
from paper_checks._relations import Conclusion, Finding, conclude, relation
from paper_checks._trial_case import Case, Number, exact_slips, formula_slips, number, relative
from paper_checks._trial_checks import mean_check, watch
from paper_checks._trial_exact import bound, broken_bound, compare, exact_form, remainder

__all__ = ["Trial", "try_formula"]

Point = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What came out for a formula: the conclusion, the outcome at each point, and what else is known.

    ``also`` are further sentences (an order, a bound); ``exact`` is theory's form in words, and ``corrected`` the
    conclusion of its own check where the formula is refuted. ``first`` is where the formula breaks first. ``same`` says
    that it agrees with theory's exact mean at every candidate, ``absolute`` that the metric has no scale of its own.
    """

    conclusion: Conclusion
    outcomes: tuple[Outcome, ...] = ()
    watched: tuple[Outcome, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    exact: str = ""
    source: str = ""
    corrected: Conclusion | None = None
    also: tuple[str, ...] = ()
    first: str = ""
    licence: str = ""
    left_out: tuple[tuple[str, Point], ...] = ()
    undistinguished: tuple[str, ...] = ()
    killed: int = 0
    same: bool = False
    absolute: bool = False


def try_formula(
    expression: Any,
    loop: Loop,
    *,
    relation_text: str = "equal",
    coarser: float = 1.0,
    suite: str = "1",
    at: Mapping[str, Sequence[Any]] | None = None,
    variance: Any = None,
    ends: tuple[Any, Any] | None = None,
) -> Trial:
    """Return the verdict on a sympy expression as the mean of a loop's metric, or as a bound of it.

    ``relation_text`` is equal, upper, lower or order(n, p); ``coarser`` multiplies the precision of 1 %; ``at`` gives
    values of single parameters; ``variance`` or ``ends`` (expressions) is what the user declares of the tail.

    >>> from paper_checks._estimands_loop import make_loop
    >>> from theory.reading import read
    >>> loop = make_loop("location", "replace", "square_error")
    >>> trial = try_formula(read("g*sigma**2/n"), loop, coarser=8.0, at={"n": (20,), "g": (1, 3)})
    >>> trial.conclusion.finding.value, trial.killed > 0
    ('EXACT', True)
    """
    try:
        asked = relation(relation_text)
    except BadInput:
        raise BadInput("relation", relation_text, "equal, upper, lower or order(n, p), p >= 1") from None
    if asked.kind not in ("equal", "upper", "lower", "order") or asked.variable not in ("", "n"):
        raise BadInput("relation", relation_text, "equal, upper, lower or order(n, p)")
    known = estimand(
        loop,
        variance=number(variance, loop) if variance is not None else None,
        ends=_ends(ends, loop) if ends is not None else None,
    )
    case = Case(expression, loop, known, asked, coarser, suite, number(expression, loop))
    form = exact_form(known, loop.fixed)
    if asked.kind == "order" and form is None:
        raise BadInput("relation", relation_text, "equal, upper or lower where theory has no exact form")
    slips = formula_slips(case)
    changes = {name: relative(case.value, slip) for name, slip in slips.items()}
    grid = choose(loop, known, case.value, changes, case.precision, at or {})
    undefined = _impossible(case, grid)
    if undefined:
        return Trial(conclusion=Conclusion(Finding.REFUTED, undefined), first=undefined, left_out=grid.left_out)
    return _tried(case, grid, slips, form)


def _tried(case: Case, grid: Grid, slips: Mapping[str, Number], form: Any) -> Trial:
    known, loop = case.known, case.loop
    points = tuple(case.full(point) for point in grid.points)
    every = [case.full(point) for point in grid.candidates]
    if case.asked.kind == "order":
        assert known.exact is not None
        outcomes = examine(
            case.name, mean_check(case, grid, known.exact, exact_slips(known), "two"), case.terms("formula")
        )
    else:
        outcomes = examine(case.name, mean_check(case, grid, case.value, slips, case.side), case.terms("formula"))
    watched = watch(case, grid)
    theory = compare(case.expression, known, loop.fixed, case.value, every)
    rest = remainder(form, case.expression, _others(case, points[0])) if form is not None else None
    evidence = _weighed(case, theory, rest, every)
    conclusion = _honest(conclude(case.asked, outcomes, evidence), watched, outcomes)
    trial = Trial(
        conclusion=conclusion,
        outcomes=outcomes,
        watched=watched,
        evidence=evidence,
        exact="" if form is None else str(form),
        source=known.source,
        licence=f"{known.licence.kind if known.licence else ''}: {known.licence.because if known.licence else ''}",
        left_out=grid.left_out,
        undistinguished=_undistinguished(outcomes),
        killed=_killed(outcomes),
        same=theory is not None and theory.sound,
        absolute=known.signed,
    )
    if conclusion.finding is Finding.REFUTED:
        return _refuted(case, grid, trial, theory, rest)
    if conclusion.finding is Finding.BOUND and known.exact is not None:
        return replace(trial, also=_one(bound(known.exact, case.value, every, absolute=known.signed)))
    if conclusion.finding is Finding.ORDER and rest is not None:
        return replace(trial, also=(rest.words(),))
    return trial


def _one(words: str) -> tuple[str, ...]:
    return (words,) if words else ()


def _weighed(case: Case, theory: Evidence | None, rest: Any, every: Sequence[Point]) -> tuple[Evidence, ...]:
    """Return the evidence that bears on what is claimed: equality, the order of the remainder, a broken bound."""
    if case.asked.kind == "equal":
        # That two values agree at some points is no evidence to rest a verdict on; that they differ is.
        return () if theory is None or (theory.grade == "numeric" and theory.sound) else (theory,)
    if case.asked.kind == "order":
        return () if rest is None else (rest.shown(case.asked.power),)
    return broken_bound(case.known, case.value, every, case.side)


def _refuted(case: Case, grid: Grid, trial: Trial, theory: Evidence | None, rest: Any) -> Trial:
    """Return the trial with what the formula is instead, and the check of the exact form, which must itself pass."""
    known, exact = case.known, case.known.exact
    also = []
    if rest is not None and rest.agrees and math.isfinite(rest.power) and case.asked.kind != "order":
        also.append(rest.words())
    if exact is not None and case.side == "two":
        every = [case.full(point) for point in grid.candidates]
        also.append(bound(exact, case.value, every, absolute=known.signed))
    elif case.side == "two":
        also.append(_side_of(trial.outcomes, known.signed))
    corrected = None
    if exact is not None and case.asked.kind != "order":
        check = mean_check(case, grid, exact, exact_slips(known), "two")
        corrected = conclude("equal", examine(case.name + " | exact", check, case.terms("exact")))
    conclusion = trial.conclusion
    if corrected is not None and corrected.finding is Finding.REFUTED:
        reason = f"the process refutes theory's own exact mean ({known.source}): {corrected.reason}"
        conclusion = replace(conclusion, finding=Finding.ERROR, reason=reason)
    return replace(
        trial,
        conclusion=conclusion,
        also=tuple(filter(None, also)),
        corrected=corrected,
        first=_first(case, grid, trial.outcomes, theory) if case.asked.kind != "order" else "",
    )


def _first(case: Case, grid: Grid, outcomes: Sequence[Outcome], theory: Evidence | None) -> str:
    """Return the first point, in the order of the grid, where the formula breaks, and by how much."""
    exact = case.known.exact
    for point, outcome in zip(grid.points, outcomes, strict=True):
        here = case.value(case.full(point))
        if exact is not None and theory is not None and theory.answer == "refuted":
            truth = exact(case.full(point))
            wrong = {"two": here != truth, "upper": here < truth, "lower": here > truth}[case.side]
            if wrong and abs(here - truth) > 1e-9 * max(abs(here), abs(truth)):
                return f"at {where(point)} it says {here:.6g}, and the exact mean is {truth:.6g}{_off(here, truth)}"
        elif outcome.status is Status.REFUTED and outcome.estimate is not None:
            seen = outcome.estimate
            return f"at {where(point)} it says {here:.6g}, and the process {seen:.6g}{_off(here, seen)}"
    return ""


def _off(here: float, truth: float) -> str:
    return f" ({100 * (here - truth) / abs(truth):+.3g} %)" if truth else ""


def _honest(found: Conclusion, watched: Sequence[Outcome], outcomes: Sequence[Outcome]) -> Conclusion:
    """Return the conclusion as far as the companion and the mutants let it stand."""
    good = (Finding.EXACT, Finding.HOLDS, Finding.BOUND, Finding.ORDER)
    if any(outcome.status is Status.ERROR for outcome in watched):
        return replace(found, finding=Finding.ERROR, reason=f"the companion: {watched[0].message}")
    if any(outcome.status is Status.REFUTED for outcome in watched):
        return replace(found, finding=Finding.ERROR, reason="the spread of the process is not what the licence says")
    if found.finding not in good:
        return found
    if any(outcome.status is Status.UNDECIDED for outcome in watched):
        return replace(found, finding=Finding.UNDECIDED, reason="the spread was not settled within the budget")
    if not _killed(outcomes):
        return replace(found, finding=Finding.UNDECIDED, reason="no planted error was refuted at this budget")
    return found


def _side_of(outcomes: Sequence[Outcome], absolute: bool) -> str:
    """Return on which side of the process the formula lies at all points, from the intervals; empty if on both."""
    for word, beyond in (("an upper", lambda o: o.high <= o.value), ("a lower", lambda o: o.low >= o.value)):
        if all(o.status is Status.HOLDS or beyond(o) for o in outcomes):
            seen = [(o.value, o.estimate) for o in outcomes if o.value is not None and o.estimate]
            gaps = [abs(value - estimate) / (1.0 if absolute else abs(estimate)) for value, estimate in seen]
            ends = " to ".join(f"{end:.3g}" if absolute else f"{100 * end:.3g} %" for end in (min(gaps), max(gaps)))
            return f"it is {word} bound at all {len(outcomes)} points sampled, by about {ends}"
    return ""


def _ends(pair: tuple[Any, Any], loop: Loop) -> Callable[[Point], tuple[float, float]]:
    low, high = (number(end, loop) for end in pair)

    def ends(point: Point) -> tuple[float, float]:
        here = low(point), high(point)
        if not here[0] < here[1]:
            raise BadInput("bounds", f"{here[0]:g}, {here[1]:g}", "two numbers, the lower one first")
        return here

    return ends


def _impossible(case: Case, grid: Grid) -> str:
    """Return where the formula has no value that a mean could have, in words; empty if it has one everywhere."""
    for point in grid.candidates:
        here = case.value(case.full(point))
        if not math.isfinite(here):
            return f"at {where(point)} the formula has no finite real value, and the process has a mean"
        beyond = {"two": not 0 <= here <= 1, "upper": here < 0, "lower": here > 1}[case.side]
        if isinstance(case.known.licence, Binary) and beyond and case.asked.kind != "order":
            return f"at {where(point)} the formula says {here:.6g}, and the process has a probability"
    return ""


def _others(case: Case, point: Point) -> dict[str, Any]:
    """Return values of the symbols beside n and g, sigma at 1 where it is free."""
    others = {name: point[name] for name in case.loop.symbols if name not in ("n", "g")}
    return others | ({"sigma": 1} if "sigma" in case.loop.free else {})


def _killed(outcomes: Sequence[Outcome]) -> int:
    report = outcomes[0].mutants if outcomes else None
    return len({kill.name for kill in report.killed}) if report is not None else 0


def _undistinguished(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    report = outcomes[0].mutants if outcomes else None
    if report is None:
        return ()
    return tuple(dict.fromkeys((*(each.name for each in report.below), *report.survived, *report.unexplained)))
