"""From a claim to its verdict: run its checks and their mutants, run its proofs, weigh the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from groundwork.errors import BadInput
from paper_checks._claim import Check, Claim, Verdict, late
from paper_checks._closing import closing
from paper_checks._evidence import Evidence
from paper_checks._fault import fault_words
from paper_checks._kill import kill_matrix
from paper_checks._looks import POWER
from paper_checks._outcome import Outcome, Status
from paper_checks._proof import prove
from paper_checks._relations import FAILED, Finding, conclude
from paper_checks._seeds import seed_of
from paper_checks._sequential import run
from paper_checks._stream import Rules, SampledTest

__all__ = ["Terms", "examine", "judge", "show", "shown"]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the suite sets for a check: its alpha, the names its seed comes from, its budget.

    ``seed`` overrides the derived seed; such a run is exploratory and must not update a table of verdicts.
    ``budget`` replaces the check's own. ``mutants`` can be left out where only the outcome is of interest.
    """

    alpha: float
    suite: str
    commit: str = ""
    seed: int | None = None
    budget: int | None = None
    seconds: float | None = None
    block: int = 65_536
    mutants: bool = True

    @property
    def exploratory(self) -> bool:
        """Whether the seed was chosen by hand."""
        return self.seed is not None


def examine(claim: str, check: Check, terms: Terms) -> tuple[Outcome, ...]:
    """Return the outcomes of a check, one a parameter point; alpha is divided over the points.

    The points share one seed, so a sampler may use one path for several of them: Bonferroni needs no
    independence. A point that the licence does not cover (an infinite variance, say) is an ERROR there
    and leaves the others alone; an exception of the sampler or of a mutant is an ERROR of the check. A path
    that is not finite leaves the check undecided, declared or not. The report on the mutants is attached to
    each outcome, unless a point was refuted: such a check has shown that it can fail, and a mutant of a wrong
    formula may be the right one.

    >>> import numpy as np
    >>> from paper_checks._licence import Binary
    >>> from paper_checks._looks import Looks
    >>> from paper_checks._mutants import Mutant
    >>> def coin(seed, point):
    ...     return lambda ids: np.array([np.random.default_rng((seed, i)).random() < 0.5 for i in ids]) * 1.0
    >>> check = Check(id="coin", estimand="P(heads)", licence=Binary(), value=lambda point: 0.5, gap=0.2,
    ...               sampler=coin, points=({},), looks=Looks(first=1024, count=1), budget=1024,
    ...               mutants=(Mutant(name="loaded", value=lambda point: 0.8),))
    >>> outcome, = examine("nobody1900.coin", check, Terms(alpha=1e-6, suite="example"))
    >>> outcome.status.value, outcome.mutants.complete
    ('HOLDS', True)
    """
    alpha = terms.alpha / len(check.points)
    rules = Rules(
        budget=terms.budget or check.budget,
        block=terms.block,
        seconds=terms.seconds,
        may_lose=check.may_lose,
        discrete=check.discrete,
    )
    tests = [_test(check, point, alpha) for point in check.points]
    outcomes = _sampled(claim, check, terms, tests, replace(rules, may_lose=True))
    if terms.mutants and all(_can_be_mutated(outcome) for outcome in outcomes):
        seed = _seed(claim, check, terms, "mutant")
        whole = [test for test in tests if not isinstance(test, Outcome)]
        try:
            report = kill_matrix(check, whole, outcomes, alpha=alpha, seed=seed, rules=rules)
        except Exception as fault:
            message = f"the mutants could not be run: {fault_words(fault)}"
            return tuple(replace(outcome, status=Status.ERROR, message=message) for outcome in outcomes)
        outcomes = [replace(outcome, mutants=report) for outcome in outcomes]
    return tuple(outcomes)


def _sampled(claim: str, check: Check, terms: Terms, tests: list[SampledTest | Outcome], rules: Rules) -> list[Outcome]:
    """Return the outcome at each point: of its test where it has one, the ERROR that it came with where not."""
    seed = _seed(claim, check, terms, "verdict")
    names = {"claim": claim, "check": check.id, "suite": terms.suite, "commit": terms.commit}
    stamp = {**names, "seed": seed, "points": [dict(point) for point in check.points]}
    sound = {i: test for i, test in enumerate(tests) if not isinstance(test, Outcome)}
    outcomes = {i: test for i, test in enumerate(tests) if isinstance(test, Outcome)}
    try:
        sampler = late(check.sampler)
        draws = [sampler(seed, check.points[i]) for i in sound]
        found = run(list(sound.values()), draws, rules, stamp=stamp) if sound else ()
    except Exception as fault:
        message = f"sampling failed: {fault_words(fault)}"
        found = [_error(check, check.points[i], terms.alpha / len(check.points), message) for i in sound]
    for i, outcome in zip(sound, found, strict=True):
        outcomes[i] = replace(outcome, point=dict(check.points[i]), seed=seed)
    return [outcomes[i] for i in sorted(outcomes)]


def show(claim: Claim) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
    """Return the evidence that needs no samples: (proofs, enumerations), run now.

    A step that ends in an exception has failed: the verdict is then an ERROR, and other claims go on.

    >>> from paper_checks._claim import Source
    >>> from paper_checks._proof import Identity
    >>> claim = Claim(id="nobody1900.sum", source=Source(document="nobody1900", where="eq. (1)"), says="1 + 1 = 2",
    ...               relation="equal", domain={}, expected="EXACT",
    ...               proofs=(Identity(statement="a sum", sides=lambda: (1 + 1, 2)),))
    >>> [step.answer for step in show(claim)[0]]
    ['shown']
    """
    return closing(claim, claim.proofs, shown(claim.proofs)), shown(claim.enumerations)


def shown(steps: Iterable[Any]) -> tuple[Evidence, ...]:
    """Return the evidence of some steps, run now.

    >>> shown([])
    ()
    """
    return tuple(_shown(step) for step in steps)


def judge(
    claim: Claim,
    outcomes: Mapping[str, Sequence[Outcome]],
    proofs: Sequence[Evidence] = (),
    enumerated: Sequence[Evidence] = (),
) -> Verdict:
    """Return the verdict on a claim from all its evidence.

    The printed and the exact formula are weighed apart. A mutant that had to die and did not is a defect
    of the check, so the verdict is ERROR.

    >>> from paper_checks._claim import Source
    >>> from paper_checks._proof import Identity
    >>> claim = Claim(id="nobody1900.sum", source=Source(document="nobody1900", where="eq. (1)"), says="1 + 1 = 2",
    ...               relation="equal", domain={}, expected="EXACT",
    ...               proofs=(Identity(statement="a sum", sides=lambda: (1 + 1, 2)),))
    >>> verdict = judge(claim, {}, *show(claim))
    >>> verdict.finding.value, verdict.grades, verdict.as_expected
    ('EXACT', ('proved',), True)
    """
    checks = {check.id: check for check in claim.checks}
    by_formula = {
        of: [o for name, rows in outcomes.items() if checks[name].of == of for o in rows] for of in ("printed", "exact")
    }
    steps = {of: [e for e in (*proofs, *enumerated) if e.of == of] for of in ("printed", "exact")}
    printed = conclude(claim.relation, by_formula["printed"], steps["printed"])
    exact = by_formula["exact"] or steps["exact"]
    corrected = conclude("equal", by_formula["exact"], steps["exact"]) if exact else None
    defect = _defect(outcomes)
    conclusion = replace(printed, finding=Finding.ERROR, reason=defect, order=None, slack=None) if defect else printed
    return Verdict(
        claim=claim.id,
        conclusion=conclusion,
        expected=Finding(claim.expected),
        expected_resolution=claim.expected_resolution,
        corrected=corrected,
        outcomes={name: tuple(rows) for name, rows in outcomes.items()},
        proofs=tuple(proofs),
        enumerated=tuple(enumerated),
    )


def _test(check: Check, point: Mapping[str, Any], alpha: float) -> SampledTest | Outcome:
    """Return the test at a point, or the ERROR that says why the licence does not cover it."""
    try:
        value = late(check.value)(point)
        return check.licence.test(
            value, point, alpha=alpha, delta=check.delta, gap=check.gap, looks=check.looks, side=check.side
        )
    except BadInput as refused:
        return _error(check, point, alpha, f"unlicensed at {dict(point)}: {refused}")
    except Exception as fault:
        return _error(check, point, alpha, f"no claimed value at {dict(point)}: {fault_words(fault)}")


def _error(check: Check, point: Mapping[str, Any], alpha: float, message: str) -> Outcome:
    return Outcome(
        status=Status.ERROR,
        licence=check.licence.kind,
        side=check.side,
        alpha=alpha,
        looks_planned=check.looks.count,
        gap=float("nan"),
        power=POWER,
        point=dict(point),
        message=message,
    )


def _shown(step: Any) -> Evidence:
    try:
        return prove(step)
    except Exception as fault:
        words = f"the step failed: {fault_words(fault)}"
        tool = type(step).__name__
        return Evidence(
            statement=step.statement, kind=FAILED, answer="unsure", grade="numeric", tool=tool, detail=words, of=step.of
        )


def _can_be_mutated(outcome: Outcome) -> bool:
    return outcome.status in (Status.HOLDS, Status.UNDECIDED) and not outcome.lost


def _seed(claim: str, check: Check, terms: Terms, purpose: str) -> int:
    derived = seed_of(terms.suite, claim, check.id, purpose=purpose, commit=terms.commit)
    if terms.seed is None:
        return derived
    return terms.seed if purpose == "verdict" else terms.seed ^ derived


def _defect(outcomes: Mapping[str, Sequence[Outcome]]) -> str:
    for name, rows in outcomes.items():
        for outcome in rows:
            report = outcome.mutants
            if report is not None and not report.complete:
                left = (*report.survived, *report.unexplained)
                return f"check {name}: " + (f"not killed: {', '.join(left)}" if left else "no mutant was killed")
    return ""
