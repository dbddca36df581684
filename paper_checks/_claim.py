"""Claims, checks and verdicts as data: what a paper says, how it is tried, what came out.

Everything here is readable without sympy, jax or scipy. Formulas, values and samplers are callables that
are not called, or dotted names that are not imported, until a check runs.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from groundwork.checks import choice, count, number
from groundwork.errors import BadInput
from paper_checks._domain import require_domain, violated
from paper_checks._licence import Licence, require_licence
from paper_checks._looks import SIDES, Looks
from paper_checks._mutants import Mutant
from paper_checks._outcome import Outcome
from paper_checks._relations import Conclusion, Finding, Relation, relation

__all__ = ["Assumption", "Check", "Claim", "Source", "Verdict", "late"]

Point = Mapping[str, Any]
_CLAIM_ID = re.compile(r"([a-z][a-z-]*\d{4}[a-z]?|beyond)\.[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*")
_CHECK_ID = re.compile(r"[a-z][a-z0-9_-]*")

#: What every mean check is blind to: V must bound the variance of the process, not of the claim alone.
SPREAD = "spread"


def late(value: Any) -> Any:
    """Return the object a dotted name stands for; anything else is returned as it is.

    >>> late("math.pi") == late(3.141592653589793)
    True
    """
    if not isinstance(value, str):
        return value
    module, _, name = value.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        raise BadInput("dotted name", value, "module.attribute of something that can be imported") from None


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a statement stands: the document, the place in it, and what was not read.

    ``second_hand`` names the work that the document cites for it, where that work itself was not read.

    >>> Source(document="schaeffer2025", where="section 4.4").sentence()
    'schaeffer2025, section 4.4'
    """

    document: str
    where: str
    second_hand: str = ""

    def __post_init__(self) -> None:
        for name in ("document", "where"):
            if not getattr(self, name).strip():
                raise BadInput(name, getattr(self, name), "a document and a place in it")

    def sentence(self) -> str:
        """Return the source in words."""
        cited = f", as cited by {self.document}" if self.second_hand else ""
        return f"{self.second_hand or self.document}{cited}, {self.where}"


@dataclass(frozen=True)
class Assumption:
    """One condition of a statement, in words and as a test of a parameter point.

    >>> Assumption("n >= d + 2", lambda point: point["n"] >= point["d"] + 2).holds({"n": 7, "d": 5})
    True
    """

    says: str
    holds: Callable[[Point], bool]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One way of trying a claim by sampling: estimand, licence, points, mutants, and what it cannot see.

    ``value(point)`` is the claimed number (or distribution function), ``sampler(seed, point)`` gives a
    draw; both may be dotted names. ``delta`` asks for a relative precision, ``gap`` for an absolute one.
    ``blind`` maps each slip that this check cannot see to the check that does ("law", or
    "other2025.claim/law"). ``of`` says which formula is tried, the printed one or the exact one that
    corrects or completes it. ``truth(point)``, for a bound, is the exact value that the bound is about:
    it tells which mutants of the bound are wrong. ``mutants`` is a tuple or a function that makes one, so
    that formulas are not built before a run. A path that is not finite leaves the check undecided;
    ``may_lose`` declares that the process can lose paths, so that a mutant that does so goes on as well.
    The suite, not the check, gives alpha and seeds.
    """

    id: str
    estimand: str
    licence: Licence
    value: Callable[[Point], Any] | str
    sampler: Callable[[int, Point], Any] | str
    points: tuple[Point, ...]
    mutants: tuple[Mutant, ...] | Callable[[], tuple[Mutant, ...]]
    budget: int
    delta: float | None = None
    gap: float | None = None
    side: str = "two"
    of: str = "printed"
    truth: Callable[[Point], float] | str | None = None
    blind: Mapping[str, str] = field(default_factory=dict)
    looks: Looks = field(default_factory=Looks)
    weight: float = 1.0
    may_lose: bool = False
    discrete: bool = False

    def __post_init__(self) -> None:
        if not _CHECK_ID.fullmatch(self.id):
            raise BadInput("check id", self.id, "lower case letters, digits, - and _")
        if not self.estimand.strip():
            raise BadInput("estimand", self.estimand, "a sentence that says what is averaged or counted")
        require_licence(self.licence)
        if not self.points:
            raise BadInput("points", self.points, "at least one parameter point")
        if not callable(self.mutants) and not self.mutants:
            raise BadInput("mutants", self.mutants, "at least one", "a check that cannot fail decides nothing")
        if (self.delta is None) == (self.gap is None):
            raise BadInput("delta, gap", (self.delta, self.gap), "exactly one of the two")
        choice("side", self.side, SIDES)
        choice("of", self.of, ("printed", "exact"))
        count("budget", self.budget)
        number("weight", self.weight, low=0, open_low=True)
        if self.licence.needs_companion and SPREAD not in self.blind:
            way_out = "name the check of the spread or of the whole law: blind={'spread': 'law'}"
            raise BadInput("blind", dict(self.blind), "a companion for 'spread' beside a mean check", way_out)

    def planted(self) -> tuple[Mutant, ...]:
        """Return the mutants, made now if they are made late; none at all is refused."""
        mutants = self.mutants() if callable(self.mutants) else self.mutants
        if not mutants:
            raise BadInput("mutants", (), "at least one", "a check that cannot fail decides nothing")
        names = [mutant.name for mutant in mutants]
        if len(set(names)) < len(names):
            raise BadInput("mutants", tuple(names), "names that differ")
        return tuple(mutants)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement of a paper with everything that decides it.

    ``says`` is the statement as printed, in LaTeX; ``domain`` maps each parameter to its domain (ends, a
    condition, a set: see ``_domain``), which every point must lie in, and ``assumptions`` are the conditions
    between them; ``formula`` gives the sympy form as printed and ``exact`` ours where the print is wrong or
    truncated (both late). ``proofs`` and ``enumerations`` are steps that are run again whenever the sources
    have changed. ``uses`` are claims this one rests on. ``expected`` is the
    finding the suite must reproduce, UNDECIDED with the resolution it must reach.
    """

    id: str
    source: Source
    says: str
    relation: Relation | str
    domain: Mapping[str, Any]
    expected: Finding | str
    title: str = ""
    formula: Callable[[], Any] | str | None = None
    exact: Callable[[], Any] | str | None = None
    assumptions: tuple[Assumption, ...] = ()
    checks: tuple[Check, ...] = ()
    proofs: tuple[Any, ...] = ()
    enumerations: tuple[Any, ...] = ()
    uses: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    bibtex: str = ""
    expected_resolution: float | None = None

    def __post_init__(self) -> None:
        if not _CLAIM_ID.fullmatch(self.id):
            raise BadInput("claim id", self.id, "<author><year>.<label> (or beyond.<label>) in lower case")
        if not self.says.strip():
            raise BadInput("says", self.says, "the statement as printed")
        if not (self.checks or self.proofs or self.enumerations):
            raise BadInput("claim", self.id, "a claim with evidence", "add a check, a proof or an enumeration")
        object.__setattr__(self, "relation", relation(self.relation))
        object.__setattr__(self, "expected", Finding(choice("expected", str(self.expected), list(Finding))))
        require_domain(self.domain)
        ids = [check.id for check in self.checks]
        if len(set(ids)) < len(ids):
            raise BadInput("checks", tuple(ids), "ids that differ")
        for check in self.checks:
            for slip, companion in check.blind.items():
                if "/" not in companion and (companion not in ids or companion == check.id):
                    allowed = "another check of this claim, or claim.id/check"
                    raise BadInput(f"companion of {check.id} for {slip}", companion, allowed)
            for point in check.points:
                if broken := self.outside(point):
                    raise BadInput(f"point of {check.id}", dict(point), broken)

    def outside(self, point: Point) -> str:
        """Return the first condition that a parameter point violates, in words; empty if it is inside."""
        missing = sorted(set(self.domain) - set(point))
        if missing:
            return f"a value for {', '.join(missing)}"
        broken = next(filter(None, (violated(name, ends, point) for name, ends in self.domain.items())), "")
        return broken or next((each.says for each in self.assumptions if not each.holds(point)), "")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came out for a claim: the finding, how it compares with the expected one, and all the evidence.

    ``outcomes`` maps a check to the outcomes at its points; ``proofs`` and ``enumerated`` are the results
    of the other two kinds of evidence, which are never mixed with it. ``corrected`` is the conclusion
    about the exact formula where the printed one is refuted.
    """

    claim: str
    conclusion: Conclusion
    expected: Finding
    expected_resolution: float | None = None
    corrected: Conclusion | None = None
    outcomes: Mapping[str, tuple[Outcome, ...]] = field(default_factory=dict)
    proofs: tuple[Any, ...] = ()
    enumerated: tuple[Any, ...] = ()

    @property
    def finding(self) -> Finding:
        """The word for the paper table."""
        return self.conclusion.finding

    @property
    def as_expected(self) -> bool:
        """Whether the finding is the expected one and the exact formula, if any was tried, stands.

        An expected UNDECIDED must reach its resolution.
        """
        if self.finding is not self.expected:
            return False
        if self.corrected and self.corrected.finding not in (Finding.EXACT, Finding.HOLDS):
            return False
        if self.finding is Finding.UNDECIDED and self.expected_resolution is not None:
            sizes = [each.size for each in self.conclusion.reached]
            return bool(sizes) and max(sizes) <= self.expected_resolution
        return True

    @property
    def grades(self) -> tuple[str, ...]:
        """The kinds of evidence the verdict rests on, among proved, enumerated and sampled."""
        kinds = {result.grade for result in (*self.proofs, *self.enumerated) if result.sound}
        if any(self.outcomes.values()):
            kinds.add("sampled")
        return tuple(grade for grade in ("proved", "enumerated", "certified", "sampled") if grade in kinds)

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict as JSON-ready data."""
        return {
            "claim": self.claim,
            "finding": self.finding.value,
            "words": self.conclusion.words(),
            "reason": self.conclusion.reason,
            "resolution": self.conclusion.resolution,
            "resolutions": {each.kind: each.size for each in self.conclusion.reached},
            "slack": vars(self.conclusion.slack) if self.conclusion.slack else None,
            "expected": self.expected.value,
            "as_expected": self.as_expected,
            "grades": list(self.grades),
            "corrected": self.corrected.words() if self.corrected else None,
            "outcomes": {name: [o.as_dict() for o in rows] for name, rows in self.outcomes.items()},
            "proofs": [step.as_dict() for step in self.proofs],
            "enumerated": [step.as_dict() for step in self.enumerated],
        }
