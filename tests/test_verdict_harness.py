"""The harness is broken on purpose, and the battery of assertions must go red each time.

The battery holds the engine to its promises on example A: means, proportions, laws, and what becomes of planted
errors. It passes on the engine as it is; each mutant
of the harness (alpha forced to 1, NaN dropped, samples duplicated, N cut, verdict inverted, tolerance
widened, …) must make it fail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr

import paper_checks._catoni as catoni
import paper_checks._exact as exact
import paper_checks._kill as kill
import paper_checks._law as laws
import paper_checks._sequential as sequential
from paper_checks._catoni import MeanSums, mean_test
from paper_checks._claim import Check
from paper_checks._examine import Terms, examine
from paper_checks._law import band, law_test
from paper_checks._licence import Variance
from paper_checks._looks import Design, Looks
from paper_checks._mutants import Kill, Mutant
from paper_checks._outcome import Outcome, Reading, Status
from paper_checks._proportion import proportion_test
from paper_checks._stream import Draw, Rules, Stream
from tests.test_verdict_examples import A_MEAN, A_VARIANCE, UnitSampler, a_unit, seed_from

ALPHA, REPLICATES = 1e-6, 20
LOOKS = Looks(first=512, count=4)
BUDGET = LOOKS.paths(LOOKS.count - 1)
GAP = 0.2 * A_MEAN


def claim(value: float) -> catoni.MeanTest:
    return mean_test(value, A_VARIANCE, alpha=ALPHA, gap=GAP, looks=LOOKS)


def runs(name: str, value: float, wrap: Callable[[Draw], Draw] | None = None) -> list[Outcome]:
    """Return the outcomes of a claim over independent replicates."""
    draws = [UnitSampler(seed_from(f"{name}/{i}"), a_unit) for i in range(REPLICATES)]
    rules = Rules(budget=BUDGET)
    return [sequential.run([claim(value)], wrap(draw) if wrap else draw, rules)[0] for draw in draws]


def truth_is_never_refuted_and_mostly_holds() -> None:
    found = [outcome.status for outcome in runs("truth", A_MEAN)]
    assert Status.REFUTED not in found
    assert found.count(Status.HOLDS) >= REPLICATES - 4


def the_paths_counted_are_the_paths_drawn() -> None:
    draw = UnitSampler(seed_from("counted"), a_unit)
    (outcome,) = sequential.run([claim(A_MEAN)], draw, Rules(budget=BUDGET, probe=False))
    assert draw.drawn == outcome.paths


def a_claim_off_by_the_resolution_is_refuted() -> None:
    off = runs("off", A_MEAN)[0].resolution
    found = [outcome.status for outcome in runs("resolved", A_MEAN + off)]
    assert found.count(Status.REFUTED) >= REPLICATES - 3


def a_claim_off_by_more_than_the_wanted_gap_is_not_certified() -> None:
    found = [outcome.status for outcome in runs("certified", A_MEAN + 1.01 * GAP)]
    assert Status.HOLDS not in found


def a_value_that_is_no_number_ends_the_run() -> None:
    holed = lambda draw: lambda ids: np.where(ids == 40, np.nan, draw(ids))  # noqa: E731
    assert {outcome.status for outcome in runs("holed", A_MEAN, holed)} == {Status.ERROR}


def a_proportion_is_held_to_the_same() -> None:
    coins = UnitSampler(seed_from("coins"), lambda random: (random.random(256) < 0.3) * 1.0)
    tests = [proportion_test(v, alpha=ALPHA, gap=0.2, looks=LOOKS) for v in (0.3, 0.55)]
    found = sequential.run(tests, coins, Rules(budget=BUDGET))
    assert [outcome.status for outcome in found] == [Status.HOLDS, Status.REFUTED]
    # Off by more than the gap asked for and by less than the first look can see.
    off = proportion_test(0.375, alpha=ALPHA, gap=0.07, looks=LOOKS)
    assert off.resolution(LOOKS.first) > 0.075
    (outcome,) = sequential.run([off], coins, Rules(budget=BUDGET))
    assert outcome.status is not Status.HOLDS


def a_law_is_held_to_the_same() -> None:
    draw = UnitSampler(seed_from("law"), lambda random: random.standard_normal(256))
    tests = [law_test(lambda x, s=s: ndtr(x / s), alpha=ALPHA, gap=0.15, looks=LOOKS) for s in (1.0, 1.4, 2.0)]
    found = sequential.run(tests, draw, Rules(budget=BUDGET))
    # The one in the middle is 0.08 away, inside the gap asked for and outside the one of the design look.
    assert [outcome.status for outcome in found] == [Status.HOLDS, Status.REFUTED, Status.REFUTED]
    assert tests[0].gap <= 0.15


def a_planted_error_is_killed_or_a_defect() -> None:
    def shifted(by: float) -> Callable[[int, Any], Draw]:
        return lambda seed, point: UnitSampler(seed, lambda random: by + random.standard_normal(256))

    def holed(seed: int, point: Any) -> Draw:
        draw = shifted(0.0)(seed, point)
        return lambda ids: np.where(ids == 40, np.nan, draw(ids))

    check = Check(
        id="mean",
        estimand="E X",
        licence=Variance(of=1.0, because="standard normal"),
        value=lambda p: 1.0,
        sampler=shifted(1.0),
        points=({},),
        mutants=(
            Mutant(name="seen", sampler=shifted(3.0)),
            Mutant(name="guarded", sampler=holed, guard=("not finite",)),
            Mutant(name="unguarded", sampler=holed),
            Mutant(name="the same", sampler=shifted(1.0)),
            Mutant(name="too small", value=lambda p: 1.001),
            Mutant(name="too large", value=lambda p: 3.0),
        ),
        gap=0.5,
        looks=LOOKS,
        budget=BUDGET,
        blind={"spread": "other2000.x/law"},
    )
    (outcome,) = examine("nobody2000.mean", check, Terms(alpha=ALPHA, suite="harness"))
    report = outcome.mutants
    controls = {"negative control +1", "negative control -1"}
    assert {kill.name for kill in report.killed} == {"seen", "guarded", "too large"} | controls
    assert report.survived == ("unguarded", "the same")
    assert [blind.name for blind in report.below] == ["too small"]
    assert not report.complete


BATTERY = (
    truth_is_never_refuted_and_mostly_holds,
    the_paths_counted_are_the_paths_drawn,
    a_claim_off_by_the_resolution_is_refuted,
    a_claim_off_by_more_than_the_wanted_gap_is_not_certified,
    a_value_that_is_no_number_ends_the_run,
    a_proportion_is_held_to_the_same,
    a_law_is_held_to_the_same,
    a_planted_error_is_killed_or_a_defect,
)


@pytest.mark.parametrize("assertion", BATTERY, ids=lambda each: each.__name__)
def test_the_battery_passes_on_the_engine_as_it_is(assertion: Callable[[], None]) -> None:
    assert assertion() is None


def alpha_is_one(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Looks, "share", lambda self, alpha: 1.0)


def alpha_is_not_divided_over_the_looks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(catoni, "half_width", lambda variance, paths, exponent: 0.4 * (2 * variance / paths) ** 0.5)


def redrawn(patch: pytest.MonkeyPatch, change: Callable[[Draw], Draw]) -> None:
    original = Stream.take

    def take(self: Stream, ids: np.ndarray, rules: Rules) -> str | None:
        honest, self.draw = self.draw, change(self.draw)
        try:
            return original(self, ids, rules)
        finally:
            self.draw = honest

    patch.setattr(Stream, "take", take)


def nan_is_dropped(patch: pytest.MonkeyPatch) -> None:
    redrawn(patch, lambda draw: lambda ids: np.nan_to_num(draw(ids), nan=A_MEAN))


def samples_are_duplicated(patch: pytest.MonkeyPatch) -> None:
    redrawn(patch, lambda draw: lambda ids: np.repeat(draw(ids), 100)[: len(ids)])


def samples_are_duplicated_and_the_guards_are_off(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Stream, "_faults", lambda self, x, ids, rules: iter(()))
    samples_are_duplicated(patch)


def only_one_per_cent_is_drawn(patch: pytest.MonkeyPatch) -> None:
    redrawn(patch, lambda draw: lambda ids: np.resize(draw(ids[: max(1, len(ids) // 100)]), len(ids)))


def only_one_per_cent_is_added(patch: pytest.MonkeyPatch) -> None:
    original = MeanSums.feed

    def feed(self: MeanSums, x: np.ndarray) -> None:
        original(self, np.where(np.arange(x.size) < x.size // 100, x, self.test.value))

    patch.setattr(MeanSums, "feed", feed)


def verdict_is_inverted(patch: pytest.MonkeyPatch) -> None:
    original = catoni.reading
    other = {Status.HOLDS: Status.REFUTED, Status.REFUTED: Status.HOLDS}

    def reading(*args: object) -> Reading:
        found = original(*args)  # type: ignore[arg-type]
        return replace(found, status=other.get(found.status, found.status))

    patch.setattr(catoni, "reading", reading)


def tolerance_is_widened_tenfold(patch: pytest.MonkeyPatch) -> None:
    original = catoni.design

    def design(*args: object) -> Design:
        found = original(*args)  # type: ignore[arg-type]
        return replace(found, gap=10 * found.gap)

    patch.setattr(catoni, "design", design)


def everything_holds(patch: pytest.MonkeyPatch) -> None:
    original = MeanSums.read
    patch.setattr(MeanSums, "read", lambda self: replace(original(self), status=Status.HOLDS))


def undecided_counts_as_holds(patch: pytest.MonkeyPatch) -> None:
    original = catoni.reading

    def reading(*args: object) -> Reading:
        found = original(*args)  # type: ignore[arg-type]
        return replace(found, status=Status.HOLDS) if found.status is Status.UNDECIDED else found

    patch.setattr(catoni, "reading", reading)


def resolution_is_boasted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sequential, "_resolution", lambda test, last: test.design.gap / 4)


def variance_is_understated(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(catoni.MeanTest, "bound", property(lambda self: self.variance / 100))


def tails_are_swapped(patch: pytest.MonkeyPatch) -> None:
    original = exact.ExactSums.read
    other = {Status.HOLDS: Status.REFUTED, Status.REFUTED: Status.HOLDS}

    def read(self: exact.ExactSums) -> Reading:
        found = original(self)
        return replace(found, status=other.get(found.status, found.status))

    patch.setattr(exact.ExactSums, "read", read)


def law_is_inverted(patch: pytest.MonkeyPatch) -> None:
    original = laws.LawCounts.read
    other = {Status.HOLDS: Status.REFUTED, Status.REFUTED: Status.HOLDS}

    def read(self: laws.LawCounts) -> Reading:
        found = original(self)
        return replace(found, status=other.get(found.status, found.status))

    patch.setattr(laws.LawCounts, "read", read)


def tolerance_of_a_law_is_widened_tenfold(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(laws, "band", lambda probability, paths: 10 * band(probability, paths))


def gap_of_a_law_is_widened_tenfold(patch: pytest.MonkeyPatch) -> None:
    widened(patch, laws)


def gap_of_a_proportion_is_widened_tenfold(patch: pytest.MonkeyPatch) -> None:
    widened(patch, exact)


def widened(patch: pytest.MonkeyPatch, module: Any) -> None:
    original = module.design

    def design(*args: object) -> Design:
        found = original(*args)
        return replace(found, gap=10 * found.gap)

    patch.setattr(module, "design", design)


def an_error_is_a_kill(patch: pytest.MonkeyPatch) -> None:
    original = kill._kill_of
    patch.setattr(kill, "_kill_of", lambda mutant, *rest: original(replace(mutant, guard=(*mutant.guard, "")), *rest))


def no_guard_is_a_kill(patch: pytest.MonkeyPatch) -> None:
    original = kill._kill_of
    patch.setattr(kill, "_kill_of", lambda mutant, *rest: original(replace(mutant, guard=()), *rest))


def everybody_is_killed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(kill, "_kill_of", lambda mutant, outcome, place: Kill(mutant.name, "", outcome.paths, None))


def survivors_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(kill, "_hunt", lambda report, *rest: report)


def controls_are_left_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(kill, "_negative_controls", lambda check, outcomes: ())


def mutants_below_are_killed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(kill, "sort_mutant", lambda changes, resolutions: "killable")


MUTANTS = (
    law_is_inverted,
    tolerance_of_a_law_is_widened_tenfold,
    gap_of_a_law_is_widened_tenfold,
    gap_of_a_proportion_is_widened_tenfold,
    an_error_is_a_kill,
    no_guard_is_a_kill,
    everybody_is_killed,
    survivors_are_forgotten,
    controls_are_left_out,
    mutants_below_are_killed,
    alpha_is_one,
    alpha_is_not_divided_over_the_looks,
    nan_is_dropped,
    samples_are_duplicated,
    samples_are_duplicated_and_the_guards_are_off,
    only_one_per_cent_is_drawn,
    only_one_per_cent_is_added,
    verdict_is_inverted,
    tolerance_is_widened_tenfold,
    everything_holds,
    undecided_counts_as_holds,
    resolution_is_boasted,
    variance_is_understated,
    tails_are_swapped,
)


def red(assertion: Callable[[], None]) -> bool:
    """Return whether an assertion of the battery fails."""
    try:
        assertion()
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.__name__)
def test_the_battery_goes_red(mutant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    mutant(monkeypatch)
    assert any(red(assertion) for assertion in BATTERY)
