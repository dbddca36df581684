"""Gathering the evidence for claims, as ``verify`` and ``kill`` do: what is kept in the journal is not made again.

The error probability of a run, 1e-6, is divided over the checks of all claims, so it does not matter which of them a
run selects: a claim alone has the same seeds, the same alpha and the same verdict as in the full run.
"""

from __future__ import annotations

import dataclasses
import math
import pathlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from groundwork.checks import choice, number
from groundwork.errors import BadInput
from tailfade.claims import package_of

if TYPE_CHECKING:
    from paper_checks._claim import Check, Claim
    from paper_checks._journal import Kept

__all__ = ["BUDGETS", "SUITE", "Gathering", "scaled"]

#: The version of the suite: part of every seed, so that raising it is fresh randomness for all.
SUITE = "1"

#: How much coarser than its own precision a check is run; its budget of paths falls with the square.
BUDGETS = {"quick": 4.0, "standard": 1.0, "deep": 0.5}

#: No check draws more, whatever resolution is asked for: beyond it the answer is UNDECIDED.
MOST_PATHS = 2**30


@dataclass(frozen=True)
class Step:
    """One piece of evidence to gather: the claim, what it is (proofs, enumerations, a check), its key."""

    claim: Claim
    name: str
    key: str
    check: Check | None = None
    alpha: float = 0.0


class Gathering:
    """The evidence for some claims, step by step, on the terms of one run.

    ``journal`` is the file that keeps it; ``fresh`` makes all of it anew, ``resume`` refuses to begin where
    nothing of this very run is kept.
    """

    def __init__(
        self,
        words: Iterable[str],
        *,
        budget: str = "standard",
        resolution: float | None = None,
        fresh_seeds: bool = False,
        package: str = "paper_checks",
        journal: pathlib.Path | None = None,
        fresh: bool = False,
        resume: bool = False,
    ) -> None:
        """Choose the claims, prepare jax and read the journal."""
        from paper_checks._discovery import claims, select
        from paper_checks._journal import Journal

        self.coarser = BUDGETS[choice("budget", budget, BUDGETS)]
        self.resolution = _resolution(resolution)
        home = package_of(package)
        self.claims = select(words, home)
        alphas = _alphas(claims(home).values())
        self.commit = _commit() if fresh_seeds else ""
        _prepare()
        self.journal = Journal(journal, home, fresh=fresh)
        self.steps = {claim.id: tuple(self._steps(claim, alphas)) for claim in self.claims}
        if resume:
            self._require_begun(journal, fresh)

    @property
    def total(self) -> int:
        """How many steps there are."""
        return sum(len(steps) for steps in self.steps.values())

    @property
    def kept(self) -> int:
        """How many steps the journal has."""
        return sum(self.journal.has(step.key) for steps in self.steps.values() for step in steps)

    def gather(self, step: Step) -> Kept:
        """Return the evidence of a step, from the journal or made now."""
        from paper_checks._closing import closing
        from paper_checks._examine import Terms, examine, shown

        if step.check is None:
            parts = step.claim.proofs if step.name == "proofs" else step.claim.enumerations
            return self.journal.recall(step.key, lambda: closing(step.claim, parts, shown(parts)))
        terms = Terms(alpha=step.alpha, suite=SUITE, commit=self.commit)
        check = step.check
        return self.journal.recall(step.key, lambda: examine(step.claim.id, check, terms))

    def _steps(self, claim: Claim, alphas: dict[Any, float]) -> Iterator[Step]:
        for name in ("proofs", "enumerations"):
            if getattr(claim, name):
                yield Step(claim, name, self.journal.key(f"{claim.id}: {name}"))
        for check in claim.checks:
            asked, alpha = scaled(check, self.coarser, self.resolution), alphas[claim.id, check.id]
            facts = {
                "suite": SUITE,
                "commit": self.commit,
                "alpha": alpha.hex(),
                "points": [dict(point) for point in asked.points],
                "plan": [asked.budget, dataclasses.astuple(asked.looks), asked.delta, asked.gap, asked.side],
            }
            yield Step(claim, check.id, self.journal.key(f"{claim.id}/{check.id}", **facts), asked, alpha)

    def _require_begun(self, file: pathlib.Path | None, fresh: bool) -> None:
        if fresh:
            raise BadInput("resume", True, "without --fresh", "the one goes on with what is kept, the other does not")
        if not self.kept:
            way_out = "sources, versions or options are others than then: run without --resume"
            raise BadInput("resume", str(file), "a journal with evidence of this very run", way_out)


def scaled(check: Check, coarser: float, resolution: float | None = None) -> Check:
    """Return a check at another precision: ``coarser`` times its own, or a relative one that is asked for.

    The budget grows with the square of the precision. A resolution is relative, so a check of a law or of a
    number that is 0, which asks for a gap, follows ``coarser`` all the same.
    """
    if resolution is not None and check.delta is not None:
        # One look more than the square asks for: alpha is divided over more looks, which widens all of them.
        wanted = check.budget * (check.delta / resolution) ** 2 / check.looks.first
        most = int(math.log2(max(1, MOST_PATHS // check.looks.first)))
        look = min(max(0, math.ceil(math.log2(wanted)) + 1), most)
        looks = replace(check.looks, count=max(check.looks.count, look + 1))
        return replace(check, budget=looks.paths(look), delta=resolution, looks=looks)
    paths = max(check.looks.first, round(check.budget / coarser**2))
    if check.delta is not None:
        return replace(check, budget=paths, delta=check.delta * coarser)
    return replace(check, budget=paths, gap=(check.gap or 0.0) * coarser)


def _resolution(asked: float | None) -> float | None:
    if asked is None:
        return None
    return number("resolution", asked, low=0, high=1, open_low=True, open_high=True, way_out="0.5% or 0.005")


def _alphas(everything: Iterable[Claim]) -> dict[Any, float]:
    from paper_checks._seeds import alpha_shares, distinct, seed_of

    weights = {(claim.id, check.id): check.weight for claim in everything for check in claim.checks}
    distinct({name: seed_of(SUITE, *name) for name in weights})
    return alpha_shares(weights) if weights else {}


def _commit() -> str:
    from sims.manifest import git_state

    state = git_state()
    if state is None:
        raise BadInput("fresh-seeds", True, "False outside a git checkout", "the seeds are made from the commit")
    return str(state["commit"])


def _prepare() -> None:
    from tailfade.setup import prepare

    prepare()
