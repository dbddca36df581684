"""The Catoni bound, held against exact enumerations: no sampling, so nothing here can fail by chance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from groundwork.errors import BadInput
from paper_checks._catoni import MeanTest, half_width, mean_test, psi, reading
from paper_checks._looks import BETA, Looks, smallest_paths
from paper_checks._outcome import Status
from paper_checks._sequential import run
from paper_checks._stream import Rules
from tests.test_verdict_examples import UnitSampler, seed_from

ONE = Looks(first=256, count=1)


def test_psi_lies_between_its_two_logarithms_and_grows_by_at_most_one() -> None:
    x = np.concatenate([np.linspace(-50, 50, 20_001), np.geomspace(1e-9, 1e200, 500)])
    x.sort()
    with np.errstate(over="ignore"):
        assert (psi(x) <= np.log1p(x + x * x / 2) + 1e-15).all()
        assert (psi(x) >= -np.log1p(-x + x * x / 2) - 1e-15).all()
    steps = np.diff(psi(x))
    assert (steps >= 0).all()
    assert (steps <= np.diff(x) + 1e-14).all()


def two_point_test(rare: float, a: float, side: str = "two") -> MeanTest:
    """Return the test of E X = rare for X = 1 with probability ``rare``, else 0: any skew one likes."""
    return mean_test(rare, rare * (1 - rare), alpha=a, gap=1.0, looks=ONE, side=side, slack=1.0)


def bound_at(test: MeanTest, paths: int, ones: int, centre: float) -> float:
    """Return T(centre) for a sample with a given number of ones."""
    s = test.scale(paths)
    values = psi(s * (np.array([1.0, 0.0]) - centre))
    return float((ones * values[0] + (paths - ones) * values[1]) / (paths * s))


@given(
    rare=st.floats(1e-4, 0.5),
    a=st.floats(1e-9, 0.2),
    paths=st.integers(1, 2000),
    side=st.sampled_from(["two", "upper", "lower"]),
)
def test_the_truth_leaves_the_bound_with_probability_at_most_alpha(
    rare: float, a: float, paths: int, side: str
) -> None:
    test = two_point_test(rare, a, side)
    ones = np.arange(paths + 1)
    at = np.array([bound_at(test, paths, k, rare) for k in range(paths + 1)])
    outside = {"two": np.abs(at), "upper": at, "lower": -at}[side] > test.half(paths)
    assert stats.binom.pmf(ones, paths, rare)[outside].sum() <= a * (1 + 1e-9)


@given(rare=st.floats(1e-3, 0.5), shift=st.floats(-0.3, 0.3), ones=st.integers(0, 256))
def test_the_interval_holds_the_truth_wherever_the_bound_does(rare: float, shift: float, ones: int) -> None:
    """On the event |T(mu)| <= h the interval contains mu, whatever v was claimed."""
    mu, a, paths = rare, 1e-3, 256
    claim = mean_test(mu + shift, mu * (1 - mu), alpha=a, gap=0.05, looks=ONE, slack=1.0)
    if abs(bound_at(claim, paths, ones, mu)) > claim.half(paths):
        return
    points = [(m, bound_at(claim, paths, ones, m)) for m in claim.centres(paths)]
    found = reading(claim, paths, points, ones / paths)
    assert found.low <= mu <= found.high
    if shift == 0:
        assert found.status is not Status.REFUTED
    if abs(shift) >= claim.gap:
        assert found.status is not Status.HOLDS
    if found.status is Status.HOLDS:
        assert claim.value - claim.gap < found.low <= found.high < claim.value + claim.gap


def test_the_half_width_and_the_resolution_are_the_formulas() -> None:
    test = mean_test(2.0, 3.0, alpha=1e-8, delta=0.01)
    exponent = math.log(2 * 16 / 1e-8)
    half = math.sqrt(2 * 1.05 * 3 * exponent / 5000)
    assert test.half(5000) == pytest.approx(half, rel=1e-14)
    assert half_width(1.05 * 3, 5000, exponent) == pytest.approx(half, rel=1e-14)
    z = stats.norm.isf(BETA)
    assert test.resolution(5000) == pytest.approx(half + z * math.sqrt(3 / 5000), rel=1e-12)


def test_the_smallest_number_of_paths_inverts_the_resolution() -> None:
    test = mean_test(2.0, 3.0, alpha=1e-8, delta=0.01)
    closed = (math.sqrt(2 * 1.05 * 3 * test.exponent) + stats.norm.isf(BETA) * math.sqrt(3)) ** 2 / 0.02**2
    assert smallest_paths(test.resolution, 0.02) == math.ceil(closed)


def test_the_p_value_reaches_alpha_exactly_at_the_bound() -> None:
    test = mean_test(0.0, 1.0, alpha=1e-6, gap=0.1)
    half = test.half(4096)
    at = lambda size: reading(test, 4096, [(m, size) for m in test.centres(4096)], 0.0)  # noqa: E731
    assert at(half).p_value == pytest.approx(1e-6, rel=1e-9)
    assert at(half).status is Status.UNDECIDED
    assert at(1.0001 * half).status is Status.REFUTED


def exponential(seed: int) -> UnitSampler:
    return UnitSampler(seed, lambda random: random.exponential(size=256))


def test_the_streamed_sums_are_those_of_the_whole_sample() -> None:
    """The bound at a look, computed from all its paths at once, is what the accumulators hold."""
    looks = Looks(first=512, count=4)
    test = mean_test(1.0, 1.0, alpha=1e-3, gap=0.05, looks=looks)
    draw = exponential(seed_from("streamed"))
    sums = test.start(3)
    for look in range(4):
        start, paths = (looks.paths(look - 1) if look else 0), looks.paths(look)
        sums.feed(draw(np.arange(start, paths)))
        found = sums.read()
        whole = draw(np.arange(paths))
        s = test.scale(paths)
        points = [(m, float(psi(s * (whole - m)).sum() / (paths * s))) for m in test.centres(paths)]
        expected = reading(test, paths, points, float(whole.mean()))
        assert (found.status, found.estimate) == (
            expected.status,
            pytest.approx(expected.estimate, rel=1e-13),
        )
        assert found.statistic == pytest.approx(expected.statistic, rel=1e-9)
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-12)


@pytest.mark.parametrize("block", [256, 768, 1024, 65_536])
def test_no_bit_depends_on_the_block_size_or_on_company(block: int) -> None:
    looks = Looks(first=768, count=5)
    tests = [mean_test(v, 1.0, alpha=1e-3, gap=0.03, looks=looks) for v in (1.0, 1.01, 1.5)]
    draw = exponential(seed_from("blocks"))
    whole = run(tests, draw, Rules(budget=12_288, block=4096))
    alone = [run([test], draw, Rules(budget=12_288, block=block))[0] for test in tests]
    for a, b in zip(whole, alone, strict=True):
        left, right = a.as_dict(), b.as_dict()
        assert {**left, "seconds": 0} == {**right, "seconds": 0}


def test_a_larger_budget_goes_on_where_the_smaller_one_stopped() -> None:
    looks = Looks(first=512, count=8)
    test = mean_test(1.0, 1.0, alpha=1e-6, gap=0.1, looks=looks)
    seen: list[list[int]] = []
    for budget in (4096, 65_536):
        rows: list[int] = []
        run([test], exponential(1), Rules(budget=budget), on_look=lambda *row, rows=rows: rows.append(row[1]))
        seen.append(rows)
    assert seen[1][: len(seen[0])] == seen[0]
    short, long = (run([test], exponential(1), Rules(budget=b))[0] for b in (4096, 65_536))
    assert (short.status, long.status) == (Status.UNDECIDED, Status.HOLDS)
    assert short.resolution > short.gap == long.resolution
    assert short.wanted_paths is not None
    assert 4096 < short.wanted_paths <= long.paths


@pytest.mark.parametrize("variance", [0.0, -1.0, math.inf, math.nan, "1", True])
def test_a_mean_without_a_finite_variance_is_refused_with_the_way_out(variance: object) -> None:
    with pytest.raises(BadInput, match="tilt the measure, or test the law"):
        mean_test(1.0, variance, alpha=1e-8, delta=0.1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"alpha": 0.0},
        {"alpha": 1.5},
        {"delta": None},
        {"gap": 0.1},
        {"side": "left"},
        {"slack": 0.9},
        {"value": math.nan},
        {"value": 0.0},
        {"beta": 0.0},
    ],
)
def test_bad_input_is_refused(wrong: dict[str, object]) -> None:
    good: dict[str, object] = {"value": 1.0, "variance": 1.0, "alpha": 1e-8, "delta": 0.1}
    with pytest.raises(BadInput):
        mean_test(**(good | wrong))  # type: ignore[arg-type]
