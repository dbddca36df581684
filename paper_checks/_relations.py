"""From outcomes and proofs to the word in the paper table: what a relation asks for and what it then earns.

equal        EXACT if proved by a step that closes on the formula and held by the process; else HOLDS
order(n, p)  HOLDS TO ORDER p: the remainder is O(n^-p), with its coefficient
upper/lower  BOUND HOLDS, with its smallest slack
limit        ASYMPTOTIC: the limit is proved, and the samples meet the exact finite value
law          EXACT or HOLDS, as equal, for a whole distribution function
monotone     EXACT or HOLDS: every adjacent difference has the sign (one-sided, Bonferroni)
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from groundwork.checks import choice, count
from groundwork.errors import BadInput
from paper_checks._evidence import Evidence
from paper_checks._outcome import KINDS, Outcome, Status, size_words, worst

__all__ = ["Conclusion", "Finding", "Relation", "Resolution", "Slack", "conclude", "order", "relation", "slack"]

#: The kind of a step that could not be run: an exception, which is neither a proof nor a refutation.
FAILED = "failed"

_KINDS = ("equal", "law", "limit", "lower", "monotone", "order", "upper")


class Finding(StrEnum):
    """The words of the paper table."""

    EXACT = "EXACT"
    HOLDS = "HOLDS"
    ORDER = "HOLDS TO ORDER"
    BOUND = "BOUND HOLDS"
    ASYMPTOTIC = "ASYMPTOTIC"
    REFUTED = "REFUTED"
    OUT_OF_DOMAIN = "OUT OF DOMAIN"
    UNDECIDED = "UNDECIDED"
    ERROR = "ERROR"


@dataclass(frozen=True)
class Relation:
    """How the printed formula relates to the truth; ``variable`` and ``power`` belong to ``order``."""

    kind: str
    variable: str = ""
    power: int = 0

    def __post_init__(self) -> None:
        choice("relation", self.kind, _KINDS)
        if (self.kind == "order") != bool(self.variable):
            raise BadInput("relation", self.kind, "order(variable, power), or another kind without a variable")


def order(variable: str, power: int) -> Relation:
    """Return the relation "equal up to a remainder O(variable^-power)".

    >>> order("n", 2)
    Relation(kind='order', variable='n', power=2)
    """
    return Relation("order", variable, count("power", power))


def relation(spec: Relation | str) -> Relation:
    """Return a relation from itself or from its written form.

    >>> relation("upper"), relation("order(n, 2)") == order("n", 2)
    (Relation(kind='upper', variable='', power=0), True)
    """
    if isinstance(spec, Relation):
        return spec
    written = re.fullmatch(r"order\((\w+), *(\d+)\)", spec) if isinstance(spec, str) else None
    return order(written[1], int(written[2])) if written else Relation(spec)


@dataclass(frozen=True)
class Slack:
    """How loose a bound is, relative to it: at least ``least`` (certified), about ``estimate``.

    ``tight`` says that at some point the true value comes within the gap of the bound.
    """

    least: float
    estimate: float
    tight: bool

    def words(self) -> str:
        """Return the slack in words; what the samples do not certify to be above 0 is no slack.

        >>> Slack(0.12, 0.13, False).words(), Slack(-0.01, 0.004, False).words()
        ('slack at least 12 %', 'no slack that the samples certify')
        """
        if self.tight:
            return "tight"
        return f"slack at least {100 * self.least:.3g} %" if self.least > 0 else "no slack that the samples certify"


@dataclass(frozen=True)
class Resolution:
    """The coarsest resolution among the comparisons of a kind: relative errors, absolute ones, gaps of laws."""

    kind: str
    size: float


@dataclass(frozen=True)
class Conclusion:
    """The finding with its figures: the worst resolution, the order, the slack, and why.

    ``resolutions`` has one for each kind of comparison, which have no unit in common; ``resolution`` is the
    first of them, a relative error where there is one.
    """

    finding: Finding
    reason: str
    resolution: float | None = None
    order: Relation | None = None
    slack: Slack | None = None
    resolutions: tuple[Resolution, ...] = ()

    @property
    def reached(self) -> tuple[Resolution, ...]:
        """The resolution of each kind; a bare ``resolution`` is a relative error."""
        bare = () if self.resolution is None else (Resolution("relative", self.resolution),)
        return self.resolutions or bare

    def words(self) -> str:
        """Return the finding in words, never without its resolution where samples were used.

        >>> Conclusion(Finding.UNDECIDED, "", resolution=0.013).words()
        'UNDECIDED at resolution 1.3 %'
        """
        text = self.finding.value
        if self.order:
            text += f" {self.order.power} in {self.order.variable}"
        if self.slack:
            text += f", {self.slack.words()}"
        sizes = ", ".join(size_words(each.kind, each.size) for each in self.reached)
        return f"{text} at resolution {sizes}" if sizes else text


def conclude(
    claimed: Relation | str,
    outcomes: Sequence[Outcome],
    evidence: Sequence[Evidence] = (),
    *,
    outside: str = "",
) -> Conclusion:
    """Return what a claim's evidence amounts to; ``outside`` is the condition its points violate, if any.

    >>> conclude("equal", []).finding.value
    'ERROR'
    >>> conclude("equal", [], outside="n >= d + 2").finding.value
    'OUT OF DOMAIN'
    """
    found = _concluded(relation(claimed), outcomes, evidence, outside)
    sizes = _resolutions(outcomes)
    return replace(found, resolution=sizes[0].size if sizes else None, resolutions=sizes)


def _concluded(asked: Relation, outcomes: Sequence[Outcome], evidence: Sequence[Evidence], outside: str) -> Conclusion:
    if outside:
        return Conclusion(Finding.OUT_OF_DOMAIN, f"the statement assumes {outside}")
    if not outcomes and not evidence:
        return Conclusion(Finding.ERROR, "no evidence of any kind")
    refuted = [step for step in evidence if step.answer == "refuted"]
    status = worst(outcome.status for outcome in outcomes) if outcomes else Status.HOLDS
    if status is Status.ERROR:
        faults = [outcome.message for outcome in outcomes if outcome.status is Status.ERROR]
        return Conclusion(Finding.ERROR, faults[0])
    failed = [step for step in evidence if step.kind == FAILED]
    if failed:
        return Conclusion(Finding.ERROR, f"{failed[0].statement}: {failed[0].detail}")
    if refuted:
        return Conclusion(Finding.REFUTED, f"{refuted[0].statement}: {refuted[0].detail}")
    if status is Status.REFUTED:
        first = next(outcome for outcome in outcomes if outcome.status is Status.REFUTED)
        return Conclusion(Finding.REFUTED, first.sentence())
    unsure = [step.statement for step in evidence if not step.sound]
    if status is Status.UNDECIDED or unsure:
        reason = f"no proof and no refutation of {unsure[0]}" if unsure else _why_open(outcomes)
        return Conclusion(Finding.UNDECIDED, reason)
    return _earned(asked, outcomes, evidence)


def _why_open(outcomes: Sequence[Outcome]) -> str:
    lost = [outcome.message for outcome in outcomes if outcome.lost]
    return lost[0] if lost else "the budget ended first"


def _earned(asked: Relation, outcomes: Sequence[Outcome], evidence: Sequence[Evidence]) -> Conclusion:
    """Return the conclusion when nothing speaks against the claim and every step was decided."""
    # A proof counts towards EXACT if it is about the value that was sampled; of a whole law, or where nothing was
    # sampled, there is no such value to hold it against.
    valued = any(outcome.value is not None for outcome in outcomes)
    proved = any(step.rigorous and step.grade == "proved" and (step.closes or not valued) for step in evidence)
    if asked.kind == "order":
        shown = any(step.kind == "order" for step in evidence)
        if not shown:
            return Conclusion(Finding.UNDECIDED, "the order of the remainder was not shown")
        return Conclusion(Finding.ORDER, "slope and next coefficient agree", order=asked)
    if asked.kind == "limit":
        if not any(step.kind == "limit" and step.rigorous for step in evidence):
            return Conclusion(Finding.UNDECIDED, "the limit was not proved")
        return Conclusion(Finding.ASYMPTOTIC, "the limit is proved; finite sizes have a gap")
    if asked.kind in ("upper", "lower"):
        shown = any(step.rigorous and step.grade == "proved" for step in evidence)
        why = "the bound holds" + ("" if shown else " at the points that were tried; it is not proved")
        return Conclusion(Finding.BOUND, why, slack=slack(asked.kind, outcomes))
    if proved:
        return Conclusion(Finding.EXACT, "shown" + (" and held by the process" if outcomes else ""))
    grades = {step.grade for step in evidence if step.rigorous}
    also = "steps are proved, none of them closes on the formula" if "proved" in grades else "not proved"
    if grades - {"proved"}:
        also += f"; {' and '.join(sorted(grades - {'proved'}))} at single cases"
    held = "held by the process at this resolution; " if outcomes else ""
    return Conclusion(Finding.HOLDS, held + also)


def slack(side: str, outcomes: Sequence[Outcome]) -> Slack | None:
    """Return the smallest slack of a bound over the outcomes, relative to it; None where nothing was sampled.

    >>> held = Outcome(status=Status.HOLDS, licence="variance", side="upper", value=2.0, estimate=1.5,
    ...                low=1.4, high=1.6, alpha=1e-8, looks_planned=16, gap=0.01, power=0.99)
    >>> slack("upper", [held])
    Slack(least=0.2, estimate=0.25, tight=False)
    """
    rows = []
    for outcome in outcomes:
        if outcome.value and outcome.estimate is not None and outcome.side == side:
            sign = 1 if side == "upper" else -1
            near, far = (outcome.high, outcome.low) if side == "upper" else (outcome.low, outcome.high)
            scale = abs(outcome.value)
            least, most = (sign * (outcome.value - end) / scale for end in (near, far))
            rows.append((least, sign * (outcome.value - outcome.estimate) / scale, most <= outcome.gap / scale))
    if not rows:
        return None
    least, estimate = min(row[0] for row in rows), min(row[1] for row in rows)
    return Slack(round(least, 12), round(estimate, 12), any(row[2] for row in rows))


def _resolutions(outcomes: Sequence[Outcome]) -> tuple[Resolution, ...]:
    """Return the largest resolution of each kind of comparison, infinite where one has none."""
    largest: dict[str, float] = {}
    for outcome in outcomes:
        size = outcome.size if math.isfinite(outcome.size) else math.inf
        largest[outcome.kind] = max(size, largest.get(outcome.kind, 0.0))
    return tuple(Resolution(kind, largest[kind]) for kind in KINDS if kind in largest)
