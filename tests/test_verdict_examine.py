"""The whole way from a claim to its verdict: points, seeds, mutants, bounds, corrections."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import special

from paper_checks._claim import Assumption, Check, Claim, Source
from paper_checks._examine import Terms, examine, judge, show
from paper_checks._licence import Variance, WholeLaw
from paper_checks._looks import Looks
from paper_checks._mutants import Mutant
from paper_checks._order import Order
from paper_checks._outcome import Status
from paper_checks._proof import Induction
from paper_checks._relations import Finding, conclude, slack
from tests.test_verdict_examples import UnitSampler, a_moments

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=10)
POINTS: tuple[Point, ...] = ({"n": 20, "g": 3}, {"n": 40, "g": 5})


def refit(seed: int, point: Point, *, ddof: int = 1, g: int | None = None) -> UnitSampler:
    """Return sigma_g^2 of the refitted Gaussian, drawn literally from its sums of squares."""
    n, steps = point["n"], point["g"] if g is None else g
    return UnitSampler(seed, lambda random: np.prod(random.chisquare(n - 1, (steps, 256)) / (n - ddof), axis=0))


def variance(point: Point) -> float:
    return (1 + 2 / (point["n"] - 1)) ** point["g"] - 1


def squares(seed: int, point: Point) -> UnitSampler:
    draw = refit(seed, point)
    return UnitSampler(seed, lambda random: draw.unit(random) ** 2)


def second_moment_variance(point: Point) -> float:
    k, g = point["n"] - 1, point["g"]
    fourth = (k + 2) * (k + 4) * (k + 6) / k**3
    return fourth**g - ((k + 2) / k) ** (2 * g)


def second_moment(point: Point) -> float:
    return (1 + 2 / (point["n"] - 1)) ** point["g"]


def second_moment_mutants() -> tuple[Mutant, ...]:
    import sympy

    from paper_checks._formula_mutants import as_mutants

    n, g = sympy.symbols("n g", integer=True, positive=True)
    return as_mutants((1 + 2 / (n - 1)) ** g, ["n", "g"])


def one_step_law(point: Point) -> Any:
    return lambda x: special.chdtr(point["n"] - 1, (point["n"] - 1) * x)


LAW = Check(
    id="law",
    estimand="the law of sigma_1^2",
    licence=WholeLaw(),
    value=one_step_law,
    sampler=lambda seed, point: refit(seed, point, g=1),
    points=POINTS[:1],
    mutants=(
        Mutant(name="half the degrees", value=lambda p: lambda x: special.chdtr(9, 9 * x)),
        Mutant(name="divided by n", sampler=lambda seed, p: refit(seed, p, ddof=0, g=1)),
    ),
    gap=0.03,
    looks=LOOKS,
    budget=2**18,
)

MEAN = Check(
    id="mean",
    estimand="E sigma_g^4",
    licence=Variance(of=second_moment_variance, because="moments of chi-square"),
    value=second_moment,
    sampler=squares,
    points=POINTS,
    mutants=second_moment_mutants,
    delta=0.02,
    looks=LOOKS,
    budget=2**20,
    blind={"spread": "law"},
)


def induction() -> tuple[Any, ...]:
    import sympy

    n, g = sympy.symbols("n g", integer=True, positive=True)
    return (1 + 2 / (n - 1)) ** g, g, lambda v, g: v * (1 + 2 / (n - 1)), 1 + 2 / (n - 1)


CLAIM = Claim(
    id="author2024.moment",
    source=Source(document="author2024", where="eq. (1)"),
    says=r"E \sigma_g^4 = (1 + 2/(n-1))^g",
    relation="equal",
    domain={"n": (2, None), "g": (1, None)},
    assumptions=(Assumption("n >= 2", lambda point: point["n"] >= 2),),
    checks=(MEAN, LAW),
    proofs=(Induction(statement="the moment by induction", parts=induction),),
    expected="EXACT",
)

TERMS = Terms(alpha=1e-8, suite="test")


def test_a_true_claim_is_proved_sampled_and_killed_all_its_mutants() -> None:
    outcomes = {check.id: examine(CLAIM.id, check, TERMS) for check in CLAIM.checks}
    proofs, enumerated = show(CLAIM)
    verdict = judge(CLAIM, outcomes, proofs, enumerated)
    assert (verdict.finding, verdict.as_expected, verdict.grades) == (
        Finding.EXACT,
        True,
        ("proved", "sampled"),
    )
    assert {o.status for rows in outcomes.values() for o in rows} == {Status.HOLDS}
    for rows in outcomes.values():
        assert rows[0].mutants.complete
        assert rows[0].mutants.survived == ()
    killed = {kill.name for kill in outcomes["mean"][0].mutants.killed}
    assert {"g -> g + 1", "exponent -1 -> -2", "negative control +1", "negative control -1"} <= killed
    below = {blind.name: blind for blind in outcomes["mean"][0].mutants.below}
    assert abs(below["n -> n + 1"].change) < 0.02
    assert below["n -> n + 1"].wanted_paths > outcomes["mean"][0].paths
    assert {kill.name for kill in outcomes["law"][0].mutants.killed} == {"half the degrees", "divided by n"}
    row = json.loads(json.dumps(verdict.as_dict()))
    assert row["words"].startswith("EXACT at resolution ")
    assert len(row["outcomes"]["mean"]) == 2


def test_alpha_is_divided_over_the_points_and_the_seed_is_derived() -> None:
    quiet = replace(TERMS, mutants=False)
    first = examine(CLAIM.id, MEAN, quiet)
    assert [o.alpha for o in first] == [5e-9, 5e-9]
    again = examine(CLAIM.id, MEAN, quiet)
    assert [o.digest for o in first] == [o.digest for o in again]
    assert [o.estimate for o in first] == [o.estimate for o in again]
    for other in (replace(quiet, suite="2"), replace(quiet, commit="f00"), replace(quiet, seed=5)):
        changed = examine(CLAIM.id, MEAN, other)
        assert changed[0].estimate != first[0].estimate
        assert changed[0].digest != first[0].digest
    assert replace(quiet, seed=5).exploratory
    assert not quiet.exploratory


def test_a_wrong_claim_is_refuted_and_its_correction_stands() -> None:
    wrong = replace(MEAN, id="printed", value=lambda p: (1 + 2 / p["n"]) ** p["g"])
    right = replace(MEAN, of="exact")
    claim = replace(
        CLAIM,
        checks=(wrong, right, LAW),
        proofs=(replace(CLAIM.proofs[0], of="exact"),),
        expected="REFUTED",
    )
    quiet = replace(TERMS, mutants=False)
    outcomes = {check.id: examine(claim.id, check, quiet) for check in (wrong, right)}
    verdict = judge(claim, outcomes, *show(claim))
    assert verdict.finding is Finding.REFUTED
    assert verdict.corrected is not None
    assert verdict.corrected.finding is Finding.EXACT
    assert verdict.as_expected
    unfounded = judge(claim, {**outcomes, "mean": outcomes["printed"]}, *show(claim))
    assert not unfounded.as_expected


def test_a_check_that_is_refuted_has_shown_that_it_can_fail() -> None:
    wrong = replace(MEAN, value=lambda p: 1.1 * second_moment(p), mutants=(Mutant(name="x", value=second_moment),))
    assert {(o.status, o.mutants) for o in examine(CLAIM.id, wrong, TERMS)} == {(Status.REFUTED, None)}


def test_a_sampler_mutant_that_survives_is_a_defect_of_the_check() -> None:
    same = Mutant(name="nothing changed", sampler=squares)
    outcomes = examine(CLAIM.id, replace(MEAN, mutants=(same,)), TERMS)
    assert outcomes[0].mutants.survived == ("nothing changed",)
    verdict = judge(CLAIM, {"mean": outcomes}, *show(CLAIM))
    assert verdict.finding is Finding.ERROR
    assert "nothing changed" in verdict.conclusion.reason


def test_small_and_equivalent_mutants_are_listed() -> None:
    mutants = (
        Mutant(name="tiny", value=lambda p: second_moment(p) * 1.0001),
        Mutant(name="same", value=second_moment, equivalent="it is the same number", killed_by="other2000.x/mean"),
        Mutant(name="same without a reason", value=second_moment),
        Mutant(name="no number", value=lambda p: float("nan")),
    )
    report = examine(CLAIM.id, replace(MEAN, mutants=mutants), TERMS)[0].mutants
    (tiny,) = report.below
    assert (tiny.name, tiny.change) == ("tiny", pytest.approx(1e-4, rel=1e-9))
    assert tiny.wanted_paths > 10**9
    assert report.equivalent[0].killed_by == "other2000.x/mean"
    assert report.unexplained == ("same without a reason",)
    assert not report.complete
    assert ("no number", 0) in {(kill.name, kill.paths) for kill in report.killed}


def test_a_bound_is_checked_on_its_side_with_its_slack() -> None:
    bound = replace(
        MEAN,
        id="bound",
        value=lambda p: 1.25 * second_moment(p),
        truth=second_moment,
        side="upper",
        mutants=(
            Mutant(name="too low", value=lambda p: 0.9 * second_moment(p)),
            Mutant(name="looser", value=lambda p: 1.5 * second_moment(p)),
        ),
    )
    outcomes = examine(CLAIM.id, bound, TERMS)
    assert {o.status for o in outcomes} == {Status.HOLDS}
    assert [kill.name for kill in outcomes[0].mutants.killed] == ["too low"]
    found = slack("upper", outcomes)
    assert found is not None
    assert outcomes[0].mutants.complete
    assert outcomes[0].mutants.equivalent[0].reason == "the mutated bound is true as well"
    assert 0.05 < found.least < 0.2 < found.estimate + 0.02
    assert not found.tight
    assert conclude("upper", outcomes).finding is Finding.BOUND
    assert "slack at least" in conclude("upper", outcomes).words()


def test_a_lower_bound_loses_its_mutants_that_are_too_high() -> None:
    bound = replace(
        MEAN,
        value=lambda p: 0.8 * second_moment(p),
        truth=second_moment,
        side="lower",
        mutants=(
            Mutant(name="too high", value=lambda p: 1.1 * second_moment(p)),
            Mutant(name="lower still", value=lambda p: 0.5 * second_moment(p)),
            Mutant(name="a hair too high", value=lambda p: 1.0001 * second_moment(p)),
        ),
    )
    report = examine(CLAIM.id, bound, TERMS)[0].mutants
    assert {kill.name for kill in report.killed} == {"too high"}
    assert [same.name for same in report.equivalent] == ["lower still"]
    assert [blind.name for blind in report.below] == ["a hair too high"]


def test_a_value_of_zero_has_absolute_changes() -> None:
    centred = replace(
        MEAN,
        value=lambda p: 0.0,
        sampler=lambda seed, p: UnitSampler(seed, lambda random: random.standard_normal(256)),
        licence=Variance(of=1.0, because="standard normal"),
        delta=None,
        gap=0.1,
        mutants=(Mutant(name="off by a half", value=lambda p: 0.5), Mutant(name="off a bit", value=lambda p: 0.01)),
    )
    outcome = examine(CLAIM.id, centred, TERMS)[0]
    assert outcome.status is Status.HOLDS
    assert outcome.relative_resolution is None
    assert {kill.change for kill in outcome.mutants.killed if kill.name == "off by a half"} == {0.5}
    (blind,) = outcome.mutants.below
    assert (blind.change, outcome.resolution < 0.1) == (0.01, True)
    assert blind.wanted_paths > 100 * outcome.paths / 2


def test_a_point_without_a_licence_is_an_error_there_and_only_there() -> None:
    licence = Variance(of=lambda p: float("inf") if p["n"] == 20 else second_moment_variance(p), because="moments")
    outcomes = examine(CLAIM.id, replace(MEAN, licence=licence), TERMS)
    assert [o.status for o in outcomes] == [Status.ERROR, Status.HOLDS]
    assert "unlicensed" in outcomes[0].message
    assert outcomes[1].mutants is None


def test_an_order_claim_needs_its_slope_and_is_never_exact() -> None:
    def parts() -> tuple[Any, ...]:
        import sympy

        n, g = sympy.symbols("n g", integer=True, positive=True)
        c4 = sympy.sqrt(2 / (n - 1)) * sympy.gamma(n / 2) / sympy.gamma((n - 1) / 2)
        return g / n + 2 * (1 - c4**g), sympy.Rational(3, 2) * g / n, n, g / 2 - g**2 / 16

    step = Order(statement="remainder", parts=parts, power=2, points=({"g": 5},))
    mean = replace(
        MEAN,
        of="exact",
        value=lambda p: a_moments(p["n"], p["g"])[0],
        licence=Variance(of=lambda p: a_moments(p["n"], p["g"])[1], because="moments"),
    )
    claim = replace(CLAIM, relation="order(n, 2)", proofs=(step,), checks=(mean, LAW), expected="HOLDS TO ORDER")
    verdict = judge(claim, {}, *show(claim))
    assert verdict.finding is Finding.ORDER
    assert verdict.conclusion.words() == "HOLDS TO ORDER 2 in n"
    assert verdict.as_expected
    assert verdict.grades == ()
