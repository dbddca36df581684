"""Calibration of the engine: false refutations, power at the printed resolution, false certificates.

Each count is compared with the promised probability by an exact binomial bound: a test fails only where a rate beyond
the promise has been shown at error probability 1e-6. Seeds are hashes of names. The reduced form runs always, the full
one of 1e4 replicates, which is that of the report, is marked slow. Where a law is discrete the rates are enumerated.
"""

from __future__ import annotations

import json
import math
import pathlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from benchmarks import calibration, estimands
from benchmarks.calibration import ALPHAS, SIZES, as_markdown, main
from benchmarks.estimands import ESTIMANDS, HEAVY, Sample
from benchmarks.naive import naive
from benchmarks.rates import ENGINE, SHOWN, Drawn, Rate, Row, broken, calibrate, seed_from
from paper_checks._catoni import MeanTest, mean_test, psi, reading
from paper_checks._exact import exact_test
from paper_checks._families import GammaMean
from paper_checks._law import law_test
from paper_checks._looks import Looks, design
from paper_checks._outcome import Reading, Status
from paper_checks._proportion import proportion_test
from paper_checks._sequential import run
from paper_checks._stream import Rules, SampledTest
from tests.test_verdict_examples import (
    A_MEAN,
    A_VARIANCE,
    B_PLAIN_VARIANCE,
    B_VARIANCE,
    UnitSampler,
    a_unit,
    b_plain_unit,
    b_unit,
    c_probability,
    c_unit,
)

LOOKS = Looks(first=256, count=6)


# The report: the whole procedure on four estimands, and the fixed-N tests beside it.


@pytest.mark.parametrize(
    ("name", "replicates"), [("light tail", 100), ("heavy tail", 40), ("probability", 100), ("whole law", 80)]
)
def test_no_promise_is_broken(name: str, replicates: int) -> None:
    rows = calibrate(ESTIMANDS[name], ALPHAS, replicates)
    assert [row.alpha for row in rows] == list(ALPHAS)
    assert [said for row in rows for said in broken(row)] == []
    assert all(row.found[0].of == row.refuted.of == replicates for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(ESTIMANDS))
def test_no_promise_is_broken_over_ten_thousand_runs(name: str) -> None:
    rows = calibrate(ESTIMANDS[name], ALPHAS, 10_000)
    assert [said for row in rows for said in broken(row)] == []


def assert_the_t_test_fails(rows: Iterable[Row]) -> None:
    for row in rows:
        if row.method == "t-test":
            assert row.refuted.low(SHOWN) > row.alpha, f"{row.refuted} at {row.alpha:g}"
        else:
            # With the exact variance the level is kept, and nothing can be told apart.
            assert all(rate.low(SHOWN) > 0.5 for rate in row.passed)


def test_a_plain_t_test_rejects_the_truth_of_a_heavy_tail() -> None:
    assert_the_t_test_fails(naive(HEAVY, {0.01: 0.07, 0.001: 0.07}, SIZES[0], 60))


@pytest.mark.slow
@pytest.mark.parametrize(("paths", "replicates"), [(1_000, 4_000), (10_000, 400)])
def test_a_plain_t_test_rejects_the_truth_over_many_runs(paths: int, replicates: int) -> None:
    assert_the_t_test_fails(naive(HEAVY, dict.fromkeys(ALPHAS, 0.07), paths, replicates))


def test_a_fixed_n_test_is_sound_where_its_assumptions_are() -> None:
    """On the probability, at 1000 paths: both levels are kept, and a claim 100 % off is found."""
    for row in naive(ESTIMANDS["probability"], {0.01: 1.0}, 1_000, 400):
        assert broken(row) == []
        assert row.refuted.high(SHOWN) < 0.08
        assert min(rate.low(SHOWN) for rate in row.found) > 0.9


def test_the_estimands_are_those_of_the_examples() -> None:
    """Each value and variance by another derivation, and each sampler on its own mean by a test of the engine."""
    light, heavy, coin = (ESTIMANDS[name] for name in ("light tail", "heavy tail", "probability"))
    assert (light.value, light.variance) == pytest.approx((A_MEAN, A_VARIANCE), rel=1e-12)
    assert (estimands.tilted_variance(), heavy.variance) == pytest.approx((B_VARIANCE, B_PLAIN_VARIANCE), rel=1e-9)
    assert coin.value == float(c_probability())
    for name in ("light tail", "heavy tail"):
        truth = ESTIMANDS[name].scenes(1e-6)[0]
        x = truth.sample(np.random.default_rng(seed_from(f"sampler {name}")), 4096)
        assert abs(x.mean() - ESTIMANDS[name].value) < truth.test.resolution(4096)
    assert stats.kstest(estimands.exponential(np.random.default_rng(seed_from("law")), 4096), "expon").pvalue > SHOWN


def test_a_stretched_law_is_as_far_away_as_it_says() -> None:
    x = np.linspace(0, 60, 600_001)
    for gap in (0.03, 0.3, 0.7):
        s = estimands.stretch(gap)
        for factor in (s, 1 / s):
            apart = np.abs(estimands.stretched(factor)(x) - estimands.stretched(1.0)(x)).max()
            assert apart == pytest.approx(gap, abs=1e-6)


def test_bounds_of_a_rate_are_those_of_clopper_and_pearson() -> None:
    for count, of in ((0, 50), (7, 50), (50, 50)):
        interval = stats.binomtest(count, of).proportion_ci(0.99, "exact")
        assert (Rate(count, of).low(0.005), Rate(count, of).high(0.005)) == pytest.approx((interval.low, interval.high))


def rows_of(refuted: int, found: int, passed: int, errors: int = 0) -> Row:
    rates = Rate(found, 1000), Rate(1000, 1000)
    certified = Rate(0, 1000), Rate(passed, 1000)
    made = {"estimand": "light tail", "method": ENGINE, "alpha": 0.01, "paths": 256, "delta": 0.1}
    return Row(refuted=Rate(refuted, 1000), found=rates, passed=certified, errors=errors, **made)


def test_every_kind_of_broken_promise_is_said() -> None:
    assert broken(rows_of(10, 985, 10)) == []
    for counts, said in (
        ((60, 1000, 0), "refutes the true claim in 60"),
        ((0, 850, 0), "refutes the claim above in 850"),
        ((0, 1000, 60), "passes the claim below in 60"),
        ((0, 1000, 0, 1), "1 replicates without a verdict"),
    ):
        assert [words[: len(said)] for words in broken(rows_of(*counts))] == [said]


def test_a_replicate_without_a_verdict_breaks_the_promise() -> None:
    lost = lambda random, paths: np.full(paths, np.nan)  # noqa: E731
    scenes = lambda alpha: tuple(replace(scene, sample=lost) for scene in HEAVY.scenes(alpha))  # noqa: E731
    (row,) = calibrate(replace(HEAVY, scenes=scenes), [0.1], 2)
    assert row.errors == 6
    assert "6 replicates without a verdict" in broken(row)


def test_the_report_is_a_table_and_a_file_and_an_exit_code(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(calibration, "SIZES", (100, 200))
    assert main(["3", "light tail", "whole law"], tmp_path) == 0
    printed = capsys.readouterr().out
    assert printed == (tmp_path / "calibration.md").read_text()
    # Of the engine 3 alphas each; of the two fixed-N tests 2 sizes and 3 alphas, a law has none.
    assert len(printed.splitlines()) == 2 + 2 * 3 + 2 * 2 * 3
    content = json.loads((tmp_path / "calibration.json").read_text())
    assert [row["refuted"]["of"] for row in content["rows"] if row["method"] == ENGINE] == [3] * 6
    monkeypatch.setattr(calibration, "measure", lambda estimand, replicates: [rows_of(60, 1000, 0)])
    assert main(["light tail"], tmp_path) == 1
    assert "refutes the true claim in 60 of 1000" in capsys.readouterr().err
    for words in (["medium tail"], ["10", "20"], ["-1"], ["0"]):
        assert main(words, tmp_path) == 2
    assert "**broken**" in as_markdown([rows_of(60, 1000, 0)])


# The light tail: wrong formulas, one-sided claims, the design.


def a_test(alpha: float, gap: float, side: str = "two") -> Callable[[float], MeanTest]:
    return lambda value: mean_test(value, A_VARIANCE, alpha=alpha, gap=gap, looks=LOOKS, side=side)


def tally(name: str, sample: Sample, tests: Mapping[str, SampledTest], replicates: int) -> dict[str, Counter[Status]]:
    """Return how often each test came to each status over independent replicates."""
    counts: dict[str, Counter[Status]] = {label: Counter() for label in tests}
    for replicate in range(replicates):
        draw = Drawn(seed_from(f"{name}/{replicate}"), sample)
        outcomes = run(list(tests.values()), draw, Rules(budget=8192, probe=False))
        for label, outcome in zip(tests, outcomes, strict=True):
            counts[label][outcome.status] += 1
    return counts


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


@pytest.mark.parametrize(("side", "sign"), [("upper", 1), ("lower", -1)])
def test_one_sided_bounds_hold_where_true_and_fall_where_false(side: str, sign: int) -> None:
    alpha, replicates = 1e-2, 60
    make = a_test(alpha, 0.12 * A_MEAN, side)
    gap = make(A_MEAN).design.gap
    tests = {"tight": make(A_MEAN), "loose": make(A_MEAN * (1 + 0.5 * sign)), "false": make(A_MEAN - sign * gap)}
    counts = tally(f"a {side}", estimands.distance, tests, replicates)
    assert Rate(counts["tight"][Status.REFUTED], replicates).low(SHOWN) <= alpha
    assert counts["loose"][Status.HOLDS] == replicates
    assert Rate(counts["false"][Status.REFUTED], replicates).high(SHOWN) >= 0.99


def test_the_design_look_is_the_first_that_resolves() -> None:
    test = a_test(1e-2, 0.13 * A_MEAN)(A_MEAN)
    assert test.design.look is not None
    reached = [test.resolution(LOOKS.paths(k)) for k in range(LOOKS.count)]
    assert reached[test.design.look] == test.gap <= 0.13 * A_MEAN < reached[test.design.look - 1]
    assert design(test.resolution, LOOKS, 1e-9).look is None


def test_what_is_shown_to_be_off_is_refuted_though_it_lies_within_the_gap() -> None:
    """Looks beyond the design look see errors below the gap: REFUTED is asked before HOLDS."""
    wide, paths = {"alpha": 0.1, "gap": 0.25, "looks": LOOKS}, LOOKS.paths(5)
    law = law_test(lambda x: np.clip(x, 0, 1), **wide)
    for tilt, status in ((0.0, Status.HOLDS), (0.1, Status.REFUTED)):
        total = round((0.5 + tilt) * paths)
        assert reads_mean(mean_test(0.5, 0.25, **wide))(total, paths).status is status
        assert reads_count(proportion_test(0.5, **wide))(total, paths).status is status
        sums = law.start(5)
        sums.feed((np.arange(paths) + 0.5) / paths * (1 - tilt))
        assert sums.read().status is status


# The heavy tail.


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


def test_b_the_tilted_mean_certifies_what_no_number_of_plain_paths_could() -> None:
    wrong = {"value": 1.05, "one degree of freedom": (1 - 1 / 50) ** 250}
    looks = Looks(1024, 16)
    tests = [mean_test(v, B_VARIANCE, alpha=1e-8, gap=0.06, looks=looks) for v in (1.0, *wrong.values())]
    outcomes = run(tests, UnitSampler(seed_from("b sharp"), b_unit), Rules(budget=32_768, probe=False))
    assert [o.status for o in outcomes] == [Status.HOLDS, Status.REFUTED, Status.REFUTED]


# Outcomes 0 and 1: the whole sequential procedure is enumerated, so nothing here is sampled.


def exact_rates(
    read: Callable[[int, int], Reading], looks: Looks, p: float, last: int
) -> tuple[dict[Status, float], list[float]]:
    """Return the exact probabilities of the statuses, and of a refutation by each look were it the only one."""
    law, drawn = np.array([1.0]), 0
    rates, alone = dict.fromkeys(Status, 0.0), []
    for look in range(last + 1):
        paths = looks.paths(look)
        law = np.convolve(law, stats.binom.pmf(np.arange(paths - drawn + 1), paths - drawn, p))
        drawn = paths
        status = np.array([read(total, paths).status for total in range(paths + 1)])
        alone.append(float(stats.binom.pmf(np.arange(paths + 1), paths, p)[status == Status.REFUTED].sum()))
        for each in (Status.REFUTED, Status.HOLDS):
            rates[each] += law[status == each].sum()
        law = np.where(status == Status.UNDECIDED, law, 0.0)
    rates[Status.UNDECIDED] = law.sum()
    return rates, alone


def reads_count(test: SampledTest) -> Callable[[int, int], Reading]:
    """Return the reading of an exact test from the number of successes."""

    def read(total: int, paths: int) -> Reading:
        sums = test.start(0)
        sums.feed((np.arange(paths) < total) * 1.0)
        return sums.read()

    return read


def reads_mean(test: MeanTest) -> Callable[[int, int], Reading]:
    """Return the reading of a mean test from the number of outcomes that are 1 and not 0."""

    def read(total: int, paths: int) -> Reading:
        scale = test.scale(paths)
        one, zero = (psi(scale * (outcome - np.array(test.centres(paths)))) for outcome in (1.0, 0.0))
        found = (total * one + (paths - total) * zero) / (paths * scale)
        return reading(test, paths, list(zip(test.centres(paths), found.tolist(), strict=True)), total / paths)

    return read


@pytest.mark.parametrize(("p", "alpha", "delta"), [(0.2, 0.1, 0.35), (0.2, 1e-2, 0.5), (0.5, 1e-3, 0.3)])
def test_c_the_exact_error_rates_keep_every_promise(p: float, alpha: float, delta: float) -> None:
    looks = Looks(first=256, count=4)
    truth = proportion_test(p, alpha=alpha, delta=delta, looks=looks)
    last, gap, read = truth.design.look, truth.design.gap, reads_count(truth)
    assert last is not None
    rates, alone = exact_rates(read, looks, p, last + 1)
    assert rates[Status.REFUTED] <= alpha
    assert rates[Status.HOLDS] >= 0.99 - alpha
    # The union bound over the looks is kept by each of them: no look spends the alpha of another.
    assert all(look <= alpha / looks.count for look in alone)
    for off in (p + gap, p - gap):
        assert exact_rates(read, looks, off, last)[0][Status.REFUTED] >= 0.995 - alpha
        assert exact_rates(read, looks, off, last + 1)[0][Status.HOLDS] <= alpha


@pytest.mark.parametrize(("p", "alpha"), [(0.5, 1e-4), (0.1, 1e-4), (0.02, 1e-2)])
def test_the_exact_error_rates_of_a_mean_keep_every_promise(p: float, alpha: float) -> None:
    """The bound of Catoni on 0/1 outcomes with the exact variance, symmetric, skewed and rare."""
    looks = Looks(first=256, count=4)
    blank = mean_test(p, p * (1 - p), alpha=alpha, gap=1.0, looks=looks)
    gap, last = blank.resolution(looks.paths(1)), 2

    def rates(value: float, look: int) -> dict[Status, float]:
        test = mean_test(value, p * (1 - p), alpha=alpha, gap=gap, looks=looks)
        assert (test.design.look, test.design.gap) == (1, gap)
        return exact_rates(reads_mean(test), looks, p, look)[0]

    assert rates(p, last)[Status.REFUTED] <= alpha
    assert rates(p, last)[Status.HOLDS] >= 0.98 - alpha
    for off in (p + gap, p - gap):
        assert rates(off, 1)[Status.REFUTED] >= 0.98
        assert rates(off, last)[Status.HOLDS] <= alpha


def test_the_enumerated_reading_is_the_streamed_one() -> None:
    test = mean_test(0.1, 0.09, alpha=1e-3, gap=0.1, looks=Looks(256, 1))
    for total in (0, 20, 31, 256):
        sums = test.start(0)
        sums.feed((np.arange(256) < total) * 1.0)
        streamed, enumerated = sums.read(), reads_mean(test)(total, 256)
        assert streamed.status is enumerated.status
        assert math.isclose(streamed.statistic, enumerated.statistic, rel_tol=1e-9)


def test_c_the_process_is_fixed_as_often_as_the_rational_says() -> None:
    """The literal chain against the exact value and two slips: the transient dropped, and one type fewer."""
    claims = [float(c_probability()), 0.1, float(c_probability(C_M_WRONG))]
    tests = [proportion_test(v, alpha=1e-6, gap=0.15 * v, looks=Looks(4096)) for v in claims]
    outcomes = run(tests, UnitSampler(seed_from("c literal"), c_unit), Rules(budget=2**17))
    assert [o.status for o in outcomes[1:]] == [Status.REFUTED, Status.REFUTED]
    assert outcomes[0].status is Status.HOLDS


C_M_WRONG = 32


# An exact family.


def test_an_exact_family_is_calibrated() -> None:
    """The process is moved and not the claim: the spread depends on the mean, as the gap then does too."""
    test, replicates = exact_test(GammaMean(2.5), 3.0, alpha=1e-2, gap=0.25, looks=LOOKS), 100
    for label, move in (("truth", 0.0), ("off above", test.design.gap), ("off below", -test.design.gap)):
        v = 3.0 + move
        sample = lambda random, paths, v=v: random.gamma(2.5, v / 2.5, paths)  # noqa: E731
        counts = tally(f"gamma {label}", sample, {label: test}, replicates)[label]
        wrong, right = (Status.REFUTED, Status.HOLDS) if label == "truth" else (Status.HOLDS, Status.REFUTED)
        assert Rate(counts[wrong], replicates).low(SHOWN) <= 1e-2
        assert Rate(counts[right], replicates).high(SHOWN) >= 0.98
