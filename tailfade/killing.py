"""What ``tailfade kill`` does: run the planted errors of a claim's checks and say what became of each."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundwork.errors import BadInput
from tailfade.gathering import Gathering
from tailfade.verification import Progress

if TYPE_CHECKING:
    from paper_checks._mutants import Kill, MutantReport
    from paper_checks._outcome import Outcome

__all__ = ["FATES", "Fate", "Killing", "kill"]

#: What can become of a mutant; the last three leave a claim incomplete.
FATES = ("killed", "below the resolution", "equivalent", "check refuted", "survived", "not run", "error")


@dataclass(frozen=True)
class Fate:
    """What became of one mutant of a check: a word of ``FATES`` and how that was seen.

    ``paths`` is how many paths killed it, or would show it. A check that was refuted has no mutants run: it
    has shown that it can fail, and a mutant of a wrong formula may be the right one.
    """

    check: str
    mutant: str
    fate: str
    how: str
    paths: int | None = None


@dataclass(frozen=True)
class Killing:
    """The fates of all mutants of a claim."""

    claim: str
    budget: str
    fates: tuple[Fate, ...]

    @property
    def exit_code(self) -> int:
        """0 if complete, 1 if a mutant survived, 3 if some were not run, 4 after an error; 4 before 1 before 3."""
        found = {fate.fate for fate in self.fates}
        codes = {"error": 4, "survived": 1, "not run": 3}
        return next((code for fate, code in codes.items() if fate in found), 0)

    def as_dict(self) -> dict[str, Any]:
        """Return the result as JSON-ready data."""
        return {
            "schema": 1,
            "claim": self.claim,
            "budget": self.budget,
            "complete": self.exit_code == 0,
            "exit_code": self.exit_code,
            "mutants": [vars(fate) for fate in self.fates],
        }


def kill(
    claim: str,
    *,
    budget: str = "standard",
    package: str = "paper_checks",
    progress: Progress | None = None,
    journal: str | os.PathLike[str] | None = None,
    fresh: bool = False,
) -> Killing:
    """Return what became of the mutants of a claim, at a budget as for ``verify``, whose evidence it shares.

    >>> kill("nobody1900.claim")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    groundwork.errors.BadInput: claim = 'nobody1900.claim': allowed is the id of a claim; ...
    """
    from paper_checks._discovery import find
    from tailfade.claims import package_of

    if not find(claim, package_of(package)).checks:
        way_out = "its proofs are run again by tailfade verify"
        raise BadInput("claim", claim, "a claim with a sampled check, for only such a one has mutants", way_out)
    file = None if journal is None else pathlib.Path(journal)
    gathering = Gathering([claim], budget=budget, package=package, journal=file, fresh=fresh)
    steps = [step for step in gathering.steps[claim] if step.check is not None]
    fates: list[Fate] = []
    for done, step in enumerate(steps):
        if progress:
            progress(done, len(steps), f"{claim}: {step.name}")
        fates += _fates(step.name, gathering.gather(step).evidence)
    return Killing(claim, budget, tuple(fates))


def _fates(check: str, outcomes: tuple[Outcome, ...]) -> list[Fate]:
    failed = [outcome.message for outcome in outcomes if outcome.status.value == "ERROR"]
    if failed:
        return [Fate(check, "(all)", "error", failed[0])]
    refuted = [outcome.sentence() for outcome in outcomes if outcome.status.value == "REFUTED"]
    if refuted:
        return [Fate(check, "(none run)", "check refuted", refuted[0])]
    report = outcomes[0].mutants
    if report is None:
        return [Fate(check, "(all)", "not run", outcomes[0].message or "the check itself was not decided")]
    return list(_told(check, report))


def _told(check: str, report: MutantReport) -> Iterator[Fate]:
    cheapest: dict[str, Kill] = {}
    for each in report.killed:
        if each.name not in cheapest or each.paths < cheapest[each.name].paths:
            cheapest[each.name] = each
    for name, each in cheapest.items():
        yield Fate(check, name, "killed", _how(each), each.paths)
    for blind in report.below:
        size = f"changes {abs(blind.change):.2g} at most"
        wanted = f"{blind.wanted_paths} paths would show it" if blind.wanted_paths else "no number of paths shows it"
        yield Fate(check, blind.name, "below the resolution", f"{size}; {wanted}", blind.wanted_paths)
    for same in report.equivalent:
        elsewhere = f"; killed by {same.killed_by}" if same.killed_by else ""
        yield Fate(check, same.name, "equivalent", same.reason + elsewhere)
    for name in report.survived:
        yield Fate(check, name, "survived", "had to be refuted and was not")
    for name in report.unexplained:
        yield Fate(check, name, "survived", "changes nothing at any point, and no reason is given")
    if not report.complete and not report.survived and not report.unexplained:
        yield Fate(check, "(all)", "survived", "no mutant was killed: this check has not shown that it can fail")


def _how(each: Kill) -> str:
    where = f"at {each.point}" if each.point else "at the only point"
    if each.guard:
        return f"{where}, by a guard: {each.guard}"
    if not each.paths:
        return f"{where}, without a path: its value is impossible"
    size = "" if each.change is None else f", off by {each.change:+.2g}"
    return f"{where}, after {each.paths} paths{size}"
