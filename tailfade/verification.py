"""What ``tailfade verify`` does: a run of the verdict engine over claims.

The error probability of a run, 1e-6, is divided over the checks of all claims, so it does not matter which of them a
run selects: a claim alone has the same seeds, the same alpha and the same verdict as in the full run.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from groundwork.checks import choice
from groundwork.errors import BadInput
from tailfade.claims import package_of

if TYPE_CHECKING:
    from paper_checks._claim import Check, Claim, Verdict

__all__ = ["BUDGETS", "SUITE", "Report", "verify"]

#: The version of the suite: part of every seed, so that raising it is fresh randomness for all.
SUITE = "1"

#: How much coarser than its own precision a check is run; its budget of paths falls with the square.
BUDGETS = {"quick": 4.0, "standard": 1.0, "deep": 0.5}

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Report:
    """What came out: one verdict a claim, the exact formula where the print is refuted, and how to run it again."""

    verdicts: tuple[Verdict, ...]
    budget: str
    commit: str = ""
    package: str = "paper_checks"
    corrections: dict[str, str] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 as expected, 1 a verdict differs, 3 undecided, 4 an error; 4 before 1 before 3."""
        codes = {_code(verdict) for verdict in self.verdicts}
        return next((code for code in (4, 1, 3) if code in codes), 0)

    def command(self, claim: str) -> str:
        """Return the command that gives a claim's verdict again."""
        words = ["tailfade", "verify", claim, "--budget", self.budget]
        if self.package != "paper_checks":
            words += ["--package", self.package]
        if self.commit:
            words.append("--fresh-seeds")
        return shlex.join(words)

    def rows(self) -> list[dict[str, Any]]:
        """Return one row a claim: the finding in words, grades, paths, whether it was expected, how to repeat it."""
        return [
            _row(verdict, self.command(verdict.claim)) | {"corrected_formula": self.corrections.get(verdict.claim)}
            for verdict in self.verdicts
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready data."""
        rows = zip(self.rows(), self.verdicts, strict=True)
        return {
            "schema": 1,
            "budget": self.budget,
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
    fresh_seeds: bool = False,
    package: str = "paper_checks",
    progress: Progress | None = None,
) -> Report:
    """Return the verdicts on the claims that ids, papers or tags name (no word: all), run now.

    ``budget`` is quick, standard or deep: precision four times coarser, the check's own, twice as fine.
    ``fresh_seeds`` hashes the commit into the seeds. ``progress(done, total, what)`` is told of every step.

    >>> verify("nobody1900")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    groundwork.errors.BadInput: claim = 'nobody1900': allowed is an id, a paper or a tag; ...
    """
    from paper_checks._discovery import claims, select

    coarser = BUDGETS[choice("budget", budget, BUDGETS)]
    home = package_of(package)
    chosen = select(words, home)
    alphas = _alphas(claims(home).values())
    commit = _commit() if fresh_seeds else ""
    _prepare()
    began, steps = time.monotonic(), sum(len(claim.checks) + 1 for claim in chosen)
    done = _Counter(steps, progress)
    verdicts = tuple(_verdict(claim, alphas, coarser, commit, done) for claim in chosen)
    refuted = [c for c, v in zip(chosen, verdicts, strict=True) if v.corrected and v.finding.value == "REFUTED"]
    return Report(
        verdicts,
        budget,
        commit,
        package,
        corrections={claim.id: _formula(claim) for claim in refuted},
        manifest=_manifest(verdicts, budget, began),
    )


def _verdict(claim: Claim, alphas: dict[Any, float], coarser: float, commit: str, done: _Counter) -> Verdict:
    from paper_checks._examine import Terms, examine, judge, show

    done(f"{claim.id}: proofs")
    proofs, enumerated = show(claim)
    outcomes = {}
    for check in claim.checks:
        done(f"{claim.id}: {check.id}")
        terms = Terms(alpha=alphas[claim.id, check.id], suite=SUITE, commit=commit)
        outcomes[check.id] = examine(claim.id, _scaled(check, coarser), terms)
    return judge(claim, outcomes, proofs, enumerated)


def _formula(claim: Claim) -> str:
    from paper_checks._claim import late

    exact = late(claim.exact)
    return str(exact()) if exact else ""


class _Counter:
    """Tells of the step that begins now, and how many are behind it."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.total, self.progress, self.begun = total, progress, 0

    def __call__(self, what: str) -> None:
        if self.progress:
            self.progress(self.begun, self.total, what)
        self.begun += 1


def _scaled(check: Check, coarser: float) -> Check:
    paths = max(check.looks.first, round(check.budget / coarser**2))
    if check.delta is not None:
        return replace(check, budget=paths, delta=check.delta * coarser)
    return replace(check, budget=paths, gap=(check.gap or 0.0) * coarser)


def _alphas(everything: Iterable[Claim]) -> dict[Any, float]:
    from paper_checks._seeds import alpha_shares, distinct, seed_of

    weights = {(claim.id, check.id): check.weight for claim in everything for check in claim.checks}
    distinct({name: seed_of(SUITE, *name) for name in weights})
    return alpha_shares(weights) if weights else {}


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


def _commit() -> str:
    from sims.manifest import git_state

    state = git_state()
    if state is None:
        raise BadInput("fresh-seeds", True, "False outside a git checkout", "the seeds are made from the commit")
    return str(state["commit"])


def _prepare() -> None:
    from tailfade.setup import prepare

    prepare()


def _manifest(verdicts: Iterable[Verdict], budget: str, began: float) -> dict[str, Any]:
    from sims.manifest import manifest

    rows = [o for verdict in verdicts for outcomes in verdict.outcomes.values() for o in outcomes]
    config = {"suite": SUITE, "budget": budget, "alpha": 1e-6, "digests": sorted({o.digest for o in rows})}
    return manifest(config, seeds=sum(o.paths for o in rows), wall_seconds=time.monotonic() - began)
