"""What the engine refuses: samples that were not drawn, values that are no numbers, unlicensed checks."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwork.errors import BadInput
from paper_checks._catoni import mean_test
from paper_checks._exact import exact_test
from paper_checks._families import GammaMean
from paper_checks._guards import _log_mixed_tail, adjacent_fault
from paper_checks._law import law_test
from paper_checks._licence import Bounded, Variance, require_licence
from paper_checks._looks import Looks
from paper_checks._outcome import Outcome, Status
from paper_checks._proportion import proportion_test
from paper_checks._sequential import columns, run
from paper_checks._stream import Draw, Rules, SampledTest
from tests.test_verdict_examples import UnitSampler, seed_from

LOOKS = Looks(first=1024, count=4)
HONEST = UnitSampler(seed_from("honest"), lambda random: random.exponential(size=256))
COIN = UnitSampler(seed_from("coin"), lambda random: (random.random(256) < 0.05) * 1.0)


def mean() -> SampledTest:
    return mean_test(1.0, 1.0, alpha=1e-6, gap=0.2, looks=LOOKS)


def one(draw: Draw, test: SampledTest | None = None, **rules: object) -> Outcome:
    """Return the outcome of a single comparison."""
    (outcome,) = run([test or mean()], draw, Rules(budget=8192, **rules))  # type: ignore[arg-type]
    return outcome


def spoiled(change: Callable[[np.ndarray, np.ndarray], np.ndarray], draw: Draw = HONEST) -> Draw:
    return lambda ids: change(ids, draw(ids))


def at_path(path: int, value: float) -> Draw:
    return spoiled(lambda ids, x: np.where(ids == path, value, x))


def test_the_honest_sampler_passes_every_guard() -> None:
    assert one(HONEST).status is Status.HOLDS
    assert one(COIN, proportion_test(0.05, alpha=1e-6, gap=0.03, looks=LOOKS)).status is Status.HOLDS


FAULTS: dict[str, tuple[Draw, str]] = {
    "nan": (at_path(1500, np.nan), "1 nan, 0 +inf, 0 -inf): paths 1500"),
    "overflow": (at_path(7, np.inf), "0 nan, 1 +inf, 0 -inf): paths 7"),
    "underflow": (at_path(8, -np.inf), "0 nan, 0 +inf, 1 -inf): paths 8"),
    "zero variance": (lambda ids: np.full(len(ids), 1.0), "zero variance"),
    "broadcast": (lambda ids: np.broadcast_to(np.float64(1.0), (len(ids),)), "broadcast"),
    "broadcast row": (lambda ids: np.broadcast_to(HONEST(ids[:1]), (len(ids),)), "broadcast"),
    "float32": (spoiled(lambda ids, x: x.astype(np.float32)), "switch x64 on"),
    "float32 in disguise": (spoiled(lambda ids, x: x.astype(np.float32) * 1.0), "switch x64 on"),
    "about to overflow": (at_path(9, 1e300), "1 +inf"),
    "float32 cast back": (spoiled(lambda ids, x: x.astype(np.float32).astype(np.float64)), "24 bits"),
    "integers": (lambda ids: ids, "float64 is needed"),
    "a list": (lambda ids: list(HONEST(ids)), "numpy array"),  # type: ignore[list-item, return-value]
    "too few": (lambda ids: HONEST(ids)[:-1], "one row a path"),
    "a column": (lambda ids: HONEST(ids)[:, None], "one row a path"),
    "none": (lambda ids: HONEST(ids)[:0], "zero samples"),
    "every path twice": (lambda ids: HONEST(ids // 2), "equal"),
    "every path 100 times": (lambda ids: HONEST(ids // 100), "equal"),
    "ids wrap around": (lambda ids: HONEST(ids % 512), "512 distinct"),
    "a block drawn again": (lambda ids: HONEST(ids % 1024), "come again"),
    "the place, not the id": (lambda ids: HONEST(np.arange(len(ids))), "depends on more than its path id"),
    "mirrored halves": (lambda ids: HONEST(np.minimum(ids, 1023 - ids) % 512), "distinct"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_sampler_is_an_error_and_named(name: str) -> None:
    draw, words = FAULTS[name]
    outcome = one(draw)
    assert outcome.status is Status.ERROR
    assert words in outcome.message
    assert outcome.estimate is None
    assert outcome.sentence().startswith("ERROR: ")


@pytest.mark.parametrize("draw", [lambda ids: COIN(ids // 2), lambda ids: COIN(ids // 100)])
def test_repeated_paths_of_an_event_are_seen_though_its_values_repeat_anyway(draw: Draw) -> None:
    outcome = one(draw, proportion_test(0.05, alpha=1e-6, gap=0.03, looks=Looks(4096)), block=4096)
    assert outcome.status is Status.ERROR
    assert "neighbouring paths are equal" in outcome.message


def test_the_guard_on_neighbours_is_silent_on_honest_samples_of_any_law() -> None:
    """200 blocks of laws with atoms: an alarm has probability below 1e-12 each."""
    for replicate in range(200):
        random = np.random.default_rng(seed_from(f"neighbours/{replicate}"))
        p = random.random() ** 3
        assert adjacent_fault((random.random(4096) < p) * 1.0) is None
        assert adjacent_fault(random.poisson(5 * p, 4096) * 1.0) is None


def test_a_declared_atom_is_no_duplicate() -> None:
    clipped = spoiled(lambda ids, x: np.maximum(x, 0.5))
    test = mean_test(0.5 + np.exp(-0.5), 1.0, alpha=1e-6, gap=0.2, looks=LOOKS)
    assert "declare the outcome discrete" in one(clipped, test).message
    assert one(clipped, test, discrete=True).status is Status.HOLDS


def test_a_declared_death_leaves_the_mean_undecided_and_counted() -> None:
    dying = spoiled(lambda ids, x: np.where(ids % 300 == 299, np.nan, x))
    assert one(dying).status is Status.ERROR
    outcome = one(dying, may_lose=True)
    assert (outcome.status, outcome.lost, outcome.estimate) == (Status.UNDECIDED, 3, None)
    assert "survivors" in outcome.message
    in_blocks = one(dying, may_lose=True, block=256)
    assert in_blocks.lost == 3
    assert in_blocks.message.endswith("paths 299")


def test_a_death_after_the_verdict_cannot_touch_it() -> None:
    quick = mean_test(5.0, 1.0, alpha=1e-6, gap=0.2, looks=LOOKS)
    late = at_path(1500, np.nan)
    outcomes = run([quick, mean()], late, Rules(budget=8192, block=1024))
    assert [o.status for o in outcomes] == [Status.REFUTED, Status.ERROR]


def test_outcomes_outside_the_licence_are_an_error() -> None:
    cases: list[tuple[Draw, SampledTest, str]] = [
        (HONEST, proportion_test(0.5, alpha=1e-6, gap=0.1, looks=LOOKS), "0 or 1"),
        (
            spoiled(lambda ids, x: x - 1),
            exact_test(GammaMean(1.0), 1.0, alpha=1e-6, gap=0.2, looks=LOOKS),
            ">= 0",
        ),
        (
            HONEST,
            Bounded(low=0, high=1, because="a share").test(0.5, {}, alpha=1e-6, gap=0.1, looks=LOOKS),
            "leave [0, 1]",
        ),
        (HONEST, law_test(lambda x: x, alpha=1e-6, gap=0.1, looks=LOOKS), "outside [0, 1]"),
    ]
    for draw, test, words in cases:
        outcome = one(draw, test)
        assert outcome.status is Status.ERROR
        assert "licence broken" in outcome.message
        assert words in outcome.message


def test_a_bounded_mean_is_decided_inside_its_ends() -> None:
    share = UnitSampler(seed_from("share"), lambda random: random.beta(2, 2, 256))
    licence = Bounded(low=0, high=1, because="a share")
    tests = [licence.test(v, {}, alpha=1e-6, gap=0.1, looks=LOOKS) for v in (0.5, 0.7)]
    assert [o.status for o in run(tests, share, Rules(budget=8192))] == [Status.HOLDS, Status.REFUTED]


def test_a_budget_below_the_first_look_is_an_error_and_one_too_small_is_undecided() -> None:
    (none,) = run([mean()], HONEST, Rules(budget=1000))
    assert (none.status, none.paths, none.looks, none.resolution) == (Status.ERROR, 0, 0, float("inf"))
    (short,) = run([mean()], HONEST, Rules(budget=1024))
    assert short.status is Status.UNDECIDED
    assert short.resolution == mean().resolution(1024)
    assert "the wanted precision needs" in short.message


def test_time_ends_a_run_undecided() -> None:
    outcome = one(HONEST, mean_test(1.0, 1.0, alpha=1e-6, gap=0.01, looks=LOOKS), seconds=1e-9)
    assert (outcome.status, outcome.looks) == (Status.UNDECIDED, 1)


def test_an_error_of_one_sampler_leaves_the_others_alone() -> None:
    outcomes = run([mean(), mean()], [at_path(3, np.nan), HONEST], Rules(budget=8192))
    assert [o.status for o in outcomes] == [Status.ERROR, Status.HOLDS]


def test_columns_share_one_simulation() -> None:
    calls: list[int] = []

    def curve(ids: np.ndarray) -> np.ndarray:
        calls.append(len(ids))
        x = HONEST(ids)
        return np.stack([x, 2 * x, 3 * x], axis=1)

    tests = [mean_test(v, v**2, alpha=1e-6, delta=0.2, looks=LOOKS) for v in (1.0, 2.0, 3.0)]
    rules = Rules(budget=8192, block=1024, probe=False)
    outcomes = run(tests, columns(curve, 3), rules)
    assert {o.status for o in outcomes} == {Status.HOLDS}
    assert sum(calls) == outcomes[0].paths
    with pytest.raises(BadInput, match="shape"):
        columns(curve, 2)[0](np.arange(4))


@pytest.mark.parametrize("licence", [None, "none", "variance", 1.0, Variance])
def test_a_check_without_a_licence_is_refused_with_the_remedies(licence: object) -> None:
    with pytest.raises(BadInput, match="tilt the measure") as refused:
        require_licence(licence)
    for remedy in ("conditional on the last generation", "whole law", "logarithm"):
        assert remedy in str(refused.value)


def test_a_licence_says_why_and_covers_only_finite_variances() -> None:
    with pytest.raises(BadInput, match="why the licence is granted"):
        require_licence(Variance(of=1.0, because=" "))
    ridgeless = Variance(of=lambda p: np.inf if p["n"] <= p["d"] + 3 else 1.0, because="inverse Wishart")
    assert ridgeless.test(1.0, {"n": 9, "d": 5}, alpha=1e-8, delta=0.1).variance == 1.0
    with pytest.raises(BadInput, match="variance = inf"):
        ridgeless.test(1.0, {"n": 8, "d": 5}, alpha=1e-8, delta=0.1)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: run([], HONEST, Rules(budget=8192)),
        lambda: run([mean()], [HONEST, HONEST], Rules(budget=8192)),
        lambda: run([mean(), mean_test(1.0, 1.0, alpha=1e-6, gap=0.1, looks=Looks(512))], HONEST, Rules(budget=8192)),
        lambda: Rules(budget=0),
        lambda: Rules(budget=8192, block=100),
        lambda: Rules(budget=8192, seconds=-1.0),
        lambda: Bounded(low=1, high=0, because="x"),
    ],
)
def test_bad_input_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(BadInput):
        wrong()


@given(bits=st.lists(st.booleans(), min_size=2, max_size=10), at_most=st.integers(0, 5))
def test_the_law_of_mixed_pairs_is_the_enumerated_one(bits: list[bool], at_most: int) -> None:
    pairs, ones = len(bits) // 2, sum(bits[: len(bits) // 2 * 2])
    mixed = [
        sum((2 * i in place) != (2 * i + 1 in place) for i in range(pairs))
        for place in itertools.combinations(range(2 * pairs), ones)
    ]
    reached = max((u for u in mixed if u <= at_most), default=None)
    if reached is not None:
        share = sum(u <= reached for u in mixed) / len(mixed)
        assert _log_mixed_tail(pairs, ones, reached) == pytest.approx(np.log(share), abs=1e-9)
