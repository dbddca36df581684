"""Calibration of the engine: false refutations, power at the printed resolution, false certificates.

Each count is compared with the promised probability by an exact binomial bound: a test fails only where
a rate beyond the promise has been shown at error probability 1e-6. Seeds are hashes of names. The reduced
form runs always, the full one of 1e4 replicates is marked slow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from scipy import stats

from paper_checks._catoni import MeanTest, mean_test
from paper_checks._exact import ExactTest, exact_test
from paper_checks._families import GammaMean
from paper_checks._law import law_test
from paper_checks._looks import Looks, design
from paper_checks._outcome import Status
from paper_checks._proportion import Binomial, proportion_test
from paper_checks._sequential import run
from paper_checks._stream import Rules, SampledTest
from tests.test_verdict_examples import (
    A_MEAN,
    A_VARIANCE,
    B_PLAIN_VARIANCE,
    B_VARIANCE,
    UNIT,
    UnitSampler,
    a_unit,
    b_plain_unit,
    b_unit,
    c_probability,
    c_unit,
    seed_from,
)

SHOWN = 1e-6
LOOKS = Looks(first=512, count=7)
TIGHT = Looks(first=256, count=7)


def assert_at_most(count: int, replicates: int, promised: float) -> None:
    """Fail if more events were seen than a probability of at most ``promised`` allows."""
    assert stats.binom.sf(count - 1, replicates, promised) > SHOWN, f"{count} of {replicates} at {promised:g}"


def assert_at_least(count: int, replicates: int, promised: float) -> None:
    """Fail if fewer events were seen than a probability of at least ``promised`` allows."""
    assert stats.binom.cdf(count, replicates, promised) > SHOWN, f"{count} of {replicates} at {promised:g}"


def tally(
    name: str,
    unit: Callable[[np.random.Generator], np.ndarray],
    tests: Mapping[str, SampledTest],
    replicates: int,
    rules: Rules,
) -> dict[str, Counter[Status]]:
    """Return how often each test came to each status over independent replicates."""
    counts: dict[str, Counter[Status]] = {label: Counter() for label in tests}
    for replicate in range(replicates):
        draw = UnitSampler(seed_from(f"{name}/{replicate}"), unit)
        for label, outcome in zip(tests, run(list(tests.values()), draw, rules), strict=True):
            counts[label][outcome.status] += 1
    return counts


def assert_calibrated(counts: dict[str, Counter[Status]], replicates: int, alpha: float, power: float = 0.99) -> None:
    """Hold the counts of the truth and of the claims off by the resolution to what was promised."""
    assert sum(row[Status.ERROR] for row in counts.values()) == 0
    assert_at_most(counts["truth"][Status.REFUTED], replicates, alpha)
    assert_at_least(counts["truth"][Status.HOLDS], replicates, 0.99 - alpha)
    for label, row in counts.items():
        if label.startswith("off"):
            assert_at_least(row[Status.REFUTED], replicates, power)
            assert_at_most(row[Status.HOLDS], replicates, alpha)


def around(make: Callable[[float], SampledTest], value: float, factor: float = 1.0) -> dict[str, SampledTest]:
    """Return the true claim and the two that are off by the resolution of the true one."""
    off = factor * make(value).design.gap
    return {"truth": make(value), "off above": make(value + off), "off below": make(value - off)}


# A: the light tail.


def a_test(alpha: float, gap: float) -> Callable[[float], MeanTest]:
    return lambda value: mean_test(value, A_VARIANCE, alpha=alpha, gap=gap, looks=LOOKS)


@pytest.mark.parametrize(("alpha", "delta"), [(0.1, 0.08), (1e-2, 0.09)])
def test_a_light_tail_is_calibrated(alpha: float, delta: float) -> None:
    tests = around(a_test(alpha, delta * A_MEAN), A_MEAN)
    counts = tally(f"a/{alpha}", a_unit, tests, 250, Rules(budget=32_768, probe=False))
    assert_calibrated(counts, 250, alpha)


@pytest.mark.slow
@pytest.mark.parametrize(("alpha", "delta"), [(0.1, 0.08), (1e-2, 0.09), (1e-3, 0.10)])
def test_a_light_tail_is_calibrated_over_ten_thousand_runs(alpha: float, delta: float) -> None:
    tests = around(a_test(alpha, delta * A_MEAN), A_MEAN)
    counts = tally(f"a full/{alpha}", a_unit, tests, 10_000, Rules(budget=32_768, probe=False))
    assert_calibrated(counts, 10_000, alpha)


def test_a_wrong_claims_are_refuted_and_the_true_one_holds() -> None:
    """At alpha 1e-8 the truth holds and every slip of the closed form is refuted; the order-1/n form too."""
    claims = {
        "truth": A_MEAN,
        "coefficient": 1.02 * A_MEAN,
        "one generation more": A_MEAN * 1.197,
        "n - 1 in the drift": A_MEAN + 5 / 19 - 5 / 20,
        "sigma term dropped": 0.25,
        "sum to g inclusive": 1.5 * 6 / 20,
    }
    tests = [mean_test(v, A_VARIANCE, alpha=1e-8, gap=0.02 * A_MEAN, looks=Looks(4096)) for v in claims.values()]
    outcomes = run(tests, UnitSampler(seed_from("a wrong"), a_unit), Rules(budget=2**21))
    assert [o.status for o in outcomes] == [Status.HOLDS] + [Status.REFUTED] * 5
    assert outcomes[0].relative_resolution is not None
    assert outcomes[0].relative_resolution < 0.02
    assert all(outcome.paths < outcomes[0].paths for outcome in outcomes[2:])


def test_a_claim_wrong_by_more_than_the_gap_is_never_certified() -> None:
    alpha, replicates = 0.1, 250
    make = a_test(alpha, 0.1 * A_MEAN)
    gap = make(A_MEAN).design.gap
    tests = {"high": make(A_MEAN + 1.01 * gap), "low": make(A_MEAN - 1.01 * gap)}
    counts = tally("a certified", a_unit, tests, replicates, Rules(budget=32_768, probe=False))
    for row in counts.values():
        assert_at_most(row[Status.HOLDS], replicates, alpha)


@pytest.mark.parametrize(("side", "sign"), [("upper", 1), ("lower", -1)])
def test_one_sided_bounds_hold_where_true_and_fall_where_false(side: str, sign: int) -> None:
    alpha, replicates = 1e-2, 150

    def make(value: float) -> MeanTest:
        return mean_test(value, A_VARIANCE, alpha=alpha, gap=0.08 * A_MEAN, looks=LOOKS, side=side)

    gap = make(A_MEAN).design.gap
    tests = {
        "tight": make(A_MEAN),
        "loose": make(A_MEAN * (1 + 0.5 * sign)),
        "false": make(A_MEAN - sign * gap),
    }
    counts = tally(f"a {side}", a_unit, tests, replicates, Rules(budget=32_768, probe=False))
    assert_at_most(counts["tight"][Status.REFUTED], replicates, alpha)
    assert counts["loose"][Status.HOLDS] == replicates
    assert_at_least(counts["false"][Status.REFUTED], replicates, 0.99)


# B: the heavy tail.


def test_b_the_plain_mean_stays_undecided_and_says_how_blind_it_is() -> None:
    """Neither the truth nor a claim twice as large is certified: the resolution printed is above 500 %."""
    tests = [mean_test(v, B_PLAIN_VARIANCE, alpha=1e-2, gap=0.02, looks=Looks(512, 16)) for v in (1.0, 2.0)]
    for replicate in range(10):
        draw = UnitSampler(seed_from(f"b plain/{replicate}"), b_plain_unit)
        for outcome in run(tests, draw, Rules(budget=2048, probe=False)):
            assert outcome.status is Status.UNDECIDED
            assert outcome.resolution > 5
            assert outcome.wanted_paths is not None
            assert outcome.wanted_paths > 10**8


def test_b_the_tilted_mean_is_calibrated() -> None:
    make = lambda value: mean_test(value, B_VARIANCE, alpha=0.1, gap=0.07, looks=TIGHT)  # noqa: E731
    tests = around(make, 1.0)
    assert tests["truth"].design.paths == 2048
    counts = tally("b tilted", b_unit, tests, 60, Rules(budget=4096, probe=False))
    assert_calibrated(counts, 60, 0.1)


def test_b_the_tilted_mean_certifies_what_no_number_of_plain_paths_could() -> None:
    wrong = {"value": 1.05, "one degree of freedom": (1 - 1 / 50) ** 250}
    looks = Looks(1024, 16)
    tests = [mean_test(v, B_VARIANCE, alpha=1e-8, gap=0.06, looks=looks) for v in (1.0, *wrong.values())]
    outcomes = run(tests, UnitSampler(seed_from("b sharp"), b_unit), Rules(budget=32_768, probe=False))
    assert [o.status for o in outcomes] == [Status.HOLDS, Status.REFUTED, Status.REFUTED]


@pytest.mark.slow
@pytest.mark.parametrize("alpha", [0.1, 1e-2, 1e-3])
def test_b_the_tilted_mean_is_calibrated_over_many_runs(alpha: float) -> None:
    make = lambda value: mean_test(value, B_VARIANCE, alpha=alpha, gap=0.1, looks=TIGHT)  # noqa: E731
    counts = tally(f"b full/{alpha}", b_unit, around(make, 1.0), 10_000, Rules(budget=4096, probe=False))
    assert_calibrated(counts, 10_000, alpha)


# C: a probability. The whole sequential procedure is enumerated, so nothing here is sampled.


def exact_rates(test: ExactTest, p: float, last: int) -> dict[Status, float]:
    """Return the exact probabilities of the statuses of a proportion test: the count's law, look by look."""
    family, a, value, gap = Binomial(), test.level, test.value, test.gap
    law, drawn = np.array([1.0]), 0
    rates = dict.fromkeys(Status, 0.0)
    for look in range(last + 1):
        paths = test.looks.paths(look)
        law = np.convolve(law, stats.binom.pmf(np.arange(paths - drawn + 1), paths - drawn, p))
        drawn = paths
        total = range(paths + 1)
        tails = [family.tails(s, paths, value) for s in total]
        refuted = np.array([min(pair) < a for pair in tails])
        low = np.array([family.tails(s, paths, value - gap)[1] < a for s in total])
        high = np.array([family.tails(s, paths, value + gap)[0] < a for s in total])
        rates[Status.REFUTED] += law[refuted].sum()
        rates[Status.HOLDS] += law[~refuted & low & high].sum()
        law = np.where(refuted | (low & high), 0.0, law)
    rates[Status.UNDECIDED] = law.sum()
    return rates


@pytest.mark.parametrize(("p", "alpha", "delta"), [(0.2, 0.1, 0.25), (0.2, 1e-2, 0.35), (0.5, 1e-3, 0.2)])
def test_c_the_exact_error_rates_keep_every_promise(p: float, alpha: float, delta: float) -> None:
    looks = Looks(first=256, count=4)
    truth = proportion_test(p, alpha=alpha, delta=delta, looks=looks)
    last, gap = truth.design.look, truth.design.gap
    assert last is not None
    assert exact_rates(truth, p, looks.count - 1)[Status.REFUTED] <= alpha
    assert exact_rates(truth, p, looks.count - 1)[Status.HOLDS] >= 0.99 - alpha
    for off in (p + gap, p - gap):
        assert exact_rates(truth, off, last)[Status.REFUTED] >= 0.995 - alpha
        assert exact_rates(truth, off, looks.count - 1)[Status.HOLDS] <= alpha


def tally_moved(
    name: str,
    test: SampledTest,
    unit_at: Callable[[float], Callable[[np.random.Generator], np.ndarray]],
    replicates: int,
) -> dict[str, Counter[Status]]:
    """Return the counts of one claim about processes at the claimed value and off by the claim's resolution.

    The process is moved and not the claim where the spread depends on the value, as the gap then does too.
    """
    value, gap = test.value or 0.0, test.design.gap
    counts = {}
    for label, at in (("truth", value), ("off above", value + gap), ("off below", value - gap)):
        rules = Rules(budget=32_768, probe=False)
        counts |= tally(f"{name} {label}", unit_at(at), {label: test}, replicates, rules)
    return counts


def coins(p: float) -> Callable[[np.random.Generator], np.ndarray]:
    return lambda random: (random.random(UNIT) < p) * 1.0


def test_c_is_calibrated_at_the_exact_rational() -> None:
    p = float(c_probability())
    test = proportion_test(p, alpha=1e-2, gap=0.3 * p, looks=LOOKS)
    assert_calibrated(tally_moved("c", test, coins, 150), 150, 1e-2)


def test_c_the_process_is_fixed_as_often_as_the_rational_says() -> None:
    """The literal chain against the exact value and two slips: the transient dropped, and one type fewer."""
    claims = [float(c_probability()), 0.1, float(c_probability(C_M_WRONG))]
    tests = [proportion_test(v, alpha=1e-6, gap=0.1 * v, looks=Looks(4096)) for v in claims]
    outcomes = run(tests, UnitSampler(seed_from("c literal"), c_unit), Rules(budget=2**18))
    assert [o.status for o in outcomes[1:]] == [Status.REFUTED, Status.REFUTED]
    assert outcomes[0].status is Status.HOLDS


C_M_WRONG = 32


@pytest.mark.slow
@pytest.mark.parametrize("alpha", [0.1, 1e-2, 1e-3])
def test_c_is_calibrated_over_ten_thousand_runs(alpha: float) -> None:
    p = float(c_probability())
    test = proportion_test(p, alpha=alpha, gap=0.3 * p, looks=LOOKS)
    # An error as large as the gap may be certified with probability alpha, and only then is it not refuted.
    assert_calibrated(tally_moved(f"c full/{alpha}", test, coins, 10_000), 10_000, alpha, power=0.995 - alpha)


# Exact families and whole laws.


def test_an_exact_family_is_calibrated() -> None:
    test = exact_test(GammaMean(2.5), 3.0, alpha=1e-2, gap=0.25, looks=LOOKS)
    counts = tally_moved("gamma", test, lambda v: lambda random: random.gamma(2.5, v / 2.5, UNIT), 150)
    assert_calibrated(counts, 150, 1e-2)


@pytest.mark.parametrize("alpha", [0.1, 1e-2])
def test_a_whole_law_is_calibrated(alpha: float) -> None:
    """A shift s of the normal law opens a gap 2 Phi(s/2) - 1 of the distribution functions."""
    truth = law_test(stats.norm.cdf, alpha=alpha, gap=0.12, looks=TIGHT)
    shift = 2 * stats.norm.ppf((1 + truth.design.gap) / 2)
    off = law_test(lambda x: stats.norm.cdf(x - shift), alpha=alpha, gap=0.12, looks=TIGHT)
    normal = lambda random: random.standard_normal(UNIT)  # noqa: E731
    counts = tally("law", normal, {"truth": truth, "off": off}, 150, Rules(budget=8192, probe=False))
    assert_calibrated(counts, 150, alpha)


@pytest.mark.slow
@pytest.mark.parametrize("alpha", [0.1, 1e-2, 1e-3])
def test_a_whole_law_is_calibrated_over_ten_thousand_runs(alpha: float) -> None:
    truth = law_test(stats.norm.cdf, alpha=alpha, gap=0.12, looks=TIGHT)
    shift = 2 * stats.norm.ppf((1 + truth.design.gap) / 2)
    off = law_test(lambda x: stats.norm.cdf(x - shift), alpha=alpha, gap=0.12, looks=TIGHT)
    normal = lambda random: random.standard_normal(UNIT)  # noqa: E731
    counts = tally("law full", normal, {"truth": truth, "off": off}, 10_000, Rules(budget=8192, probe=False))
    assert_calibrated(counts, 10_000, alpha)


def test_the_design_look_is_the_first_that_resolves() -> None:
    test = a_test(1e-2, 0.09 * A_MEAN)(A_MEAN)
    assert test.design.look is not None
    reached = [test.resolution(LOOKS.paths(k)) for k in range(LOOKS.count)]
    assert reached[test.design.look] == test.gap <= 0.09 * A_MEAN < reached[test.design.look - 1]
    assert design(test.resolution, LOOKS, 1e-9).look is None
