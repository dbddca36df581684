"""What ``tailfade verify`` does: a run of the verdict engine over claims, and the report of it."""

from __future__ import annotations

import os
import pathlib
import shlex
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tailfade.gathering import BUDGETS, SUITE, Gathering

if TYPE_CHECKING:
    from paper_checks._claim import Claim, Verdict
    from paper_checks._journal import Kept

__all__ = ["BUDGETS", "SUITE", "Report", "verify"]

#: Called with (steps done, of how many, what begins now).
Progress = Callable[[int, int, str], None]

#: Called with the row of a claim, as in ``Report.rows``, and the seconds it took now.
Finished = Callable[[dict[str, Any], float], None]


@dataclass(frozen=True)
class Report:
    """What came out: one verdict a claim, the exact formula where the print is refuted, and how to run it again."""

    verdicts: tuple[Verdict, ...]
    budget: str
    commit: str = ""
    package: str = "paper_checks"
    corrections: dict[str, str] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)
    resolution: float | None = None
    evidence: Mapping[str, Mapping[str, Kept]] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 as expected, 1 a verdict differs, 3 undecided, 4 an error; 4 before 1 before 3."""
        codes = {_code(verdict) for verdict in self.verdicts}
        return next((code for code in (4, 1, 3) if code in codes), 0)

    def command(self, claim: str) -> str:
        """Return the command that gives a claim's verdict again."""
        words = ["tailfade", "verify", claim, "--budget", self.budget]
        if self.resolution is not None:
            words += ["--resolution", f"{self.resolution:g}"]
        if self.package != "paper_checks":
            words += ["--package", self.package]
        if self.commit:
            words.append("--fresh-seeds")
        return shlex.join(words)

    def rows(self) -> list[dict[str, Any]]:
        """Return one row a claim: the finding in words, grades, paths, whether it was expected, how to repeat it."""
        return [self.row(verdict) for verdict in self.verdicts]

    def row(self, verdict: Verdict) -> dict[str, Any]:
        """Return the row of one claim; ``evidence`` has the digest of each piece, ``reused`` those not made now."""
        pieces = self.evidence.get(verdict.claim, {})
        return _row(verdict, self.command(verdict.claim)) | {
            "corrected_formula": self.corrections.get(verdict.claim),
            "evidence": {name: kept.sha256 for name, kept in pieces.items()},
            "reused": [name for name, kept in pieces.items() if kept.reused],
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready data."""
        rows = zip(self.rows(), self.verdicts, strict=True)
        return {
            "schema": 1,
            "budget": self.budget,
            "resolution": self.resolution,
            "exit_code": self.exit_code,
            "manifest": self.manifest,
            "verdicts": [verdict.as_dict() | row for row, verdict in rows],
        }

    def __str__(self) -> str:
        """Return one line a claim, for a notebook."""
        return "\n".join(f"{row['claim']}: {row['words']}" for row in self.rows())


def verify(
    *words: str,
    budget: str = "standard",
    resolution: float | None = None,
    fresh_seeds: bool = False,
    package: str = "paper_checks",
    progress: Progress | None = None,
    finished: Finished | None = None,
    journal: str | os.PathLike[str] | None = None,
    fresh: bool = False,
    resume: bool = False,
) -> Report:
    """Return the verdicts on the claims that ids, papers or tags name (no word: all).

    ``budget`` is quick, standard or deep: precision four times coarser, the check's own, twice as fine.
    ``resolution`` is the relative error that every check of a number must resolve, whatever its budget.
    ``fresh_seeds`` hashes the commit into the seeds. ``progress(done, total, what)`` is told of every step,
    ``finished(row, seconds)`` of every claim. ``journal`` is a file that keeps the evidence and answers from it
    where sources, versions and parameters are the same; ``fresh`` makes all evidence anew, and ``resume``
    refuses to begin where none is kept. Sources are read as they lie on the disk: name a journal in a process
    that has just begun, not in a notebook that has imported them before.

    >>> verify("nobody1900")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    groundwork.errors.BadInput: claim = 'nobody1900': allowed is an id, a paper or a tag; ...
    """
    from paper_checks._examine import judge

    began = time.monotonic()
    gathering = Gathering(
        words,
        budget=budget,
        resolution=resolution,
        fresh_seeds=fresh_seeds,
        package=package,
        journal=None if journal is None else pathlib.Path(journal),
        fresh=fresh,
        resume=resume,
    )
    report = Report((), budget, gathering.commit, package, resolution=gathering.resolution)
    done = 0
    for claim in gathering.claims:
        since, pieces = time.monotonic(), {}
        for step in gathering.steps[claim.id]:
            if progress:
                progress(done, gathering.total, f"{claim.id}: {step.name}")
            pieces[step.name], done = gathering.gather(step), done + 1
        outcomes = {check.id: pieces[check.id].evidence for check in claim.checks}
        proofs, enumerated = (_evidence(pieces, name) for name in ("proofs", "enumerations"))
        report = _grown(report, claim, judge(claim, outcomes, proofs, enumerated), pieces)
        if finished:
            finished(report.row(report.verdicts[-1]), time.monotonic() - since)
    return replace(report, manifest=_manifest(report, began))


def _evidence(pieces: Mapping[str, Kept], name: str) -> tuple[Any, ...]:
    return pieces[name].evidence if name in pieces else ()


def _grown(report: Report, claim: Claim, verdict: Verdict, pieces: Mapping[str, Kept]) -> Report:
    """Return the report with the verdict on one more claim."""
    refuted = verdict.corrected and verdict.finding.value == "REFUTED"
    return replace(
        report,
        verdicts=(*report.verdicts, verdict),
        corrections=report.corrections | ({claim.id: _formula(claim)} if refuted else {}),
        evidence={**report.evidence, claim.id: pieces},
    )


def _formula(claim: Claim) -> str:
    from paper_checks._claim import late

    exact = late(claim.exact)
    return str(exact()) if exact else ""


def _code(verdict: Verdict) -> int:
    from paper_checks._relations import Finding

    corrected = verdict.corrected.finding if verdict.corrected else None
    if Finding.ERROR in (verdict.finding, corrected):
        return 4
    if verdict.as_expected:
        return 0
    open_end = verdict.finding is verdict.expected and corrected is Finding.UNDECIDED
    return 3 if open_end or verdict.finding is Finding.UNDECIDED else 1


def _row(verdict: Verdict, command: str) -> dict[str, Any]:
    words = verdict.conclusion.words()
    if verdict.corrected:
        words += f"; the exact formula: {verdict.corrected.words()}"
    outcomes = [outcome for rows in verdict.outcomes.values() for outcome in rows]
    return {
        "claim": verdict.claim,
        "words": words,
        "grades": list(verdict.grades),
        "paths": sum(outcome.paths for outcome in outcomes),
        "as_expected": verdict.as_expected,
        "exit_code": _code(verdict),
        "command": command,
    }


def _manifest(report: Report, began: float) -> dict[str, Any]:
    from sims.manifest import manifest

    rows = [o for verdict in report.verdicts for outcomes in verdict.outcomes.values() for o in outcomes]
    config = {
        "suite": SUITE,
        "budget": report.budget,
        "resolution": report.resolution,
        "alpha": 1e-6,
        "digests": sorted({o.digest for o in rows}),
    }
    return manifest(config, seeds=sum(o.paths for o in rows), wall_seconds=time.monotonic() - began)
