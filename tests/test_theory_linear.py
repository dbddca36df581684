"""Regression quantities against literal least squares: fractions, integrals, and seeded draws."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from tests import exact
from tests.strategies import parameter
from theory import linear

#: Relative alone: approx keeps an absolute 1e-12 beside a relative tolerance, which small values would hide behind.
near = partial(pytest.approx, abs=0.0)
#: A sample mean further than this many standard errors from its value: p < 1e-11 under a normal law.
FAR = 7.0


def one_fit(n: int, d: int) -> float:
    """Return d E 1/chi2_{n-d+1}, the trace of the inverse Wishart mean, by integration."""
    v = n - d + 1
    return d * integrate.quad(lambda x: stats.chi2.pdf(x, v) / x, 0, np.inf, epsabs=1e-13, limit=400)[0]


@pytest.mark.parametrize(("n", "d"), [(6, 1), (8, 2), (20, 5)])
def test_one_fit_is_the_inverse_wishart_trace(n: int, d: int) -> None:
    for workflow in ("replace", "accumulate"):
        for design in ("fixed", "fresh"):
            assert linear.risk(n, d, 1, 2.0, workflow, design) == near(4 * one_fit(n, d), rel=1e-8)


@settings(max_examples=20)
@given(
    x=st.lists(st.lists(st.integers(-3, 3), min_size=2, max_size=2), min_size=4, max_size=4),
    noises=st.lists(st.integers(0, 4), min_size=1, max_size=4).filter(any),
    workflow=st.sampled_from(["replace", "accumulate"]),
)
def test_the_same_rows_follow_literal_least_squares(x: list[list[int]], noises: list[int], workflow: str) -> None:
    columns = list(zip(*x, strict=True))
    if np.linalg.matrix_rank(np.array(x)) < 2:
        columns = [[1, 1, 1, 1], [0, 1, 2, 3]]
    rows = [list(row) for row in zip(*columns, strict=True)]
    unit = exact.fixed_design_risks(rows, [Fraction(1)], workflow)[0]
    risks = exact.fixed_design_risks(rows, [Fraction(noise) for noise in noises], workflow)
    n, d = 4, 2
    # Any one design scales all generations alike: the mean over designs does so too.
    scale = linear.risk(n, d, 1) / float(unit)
    value = linear.risk(n, d, len(noises), [float(noise) for noise in noises], workflow)
    assert value == near(scale * float(risks[-1]), rel=1e-12)


@given(
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=6),
    d=st.integers(1, 6),
    noises=st.data(),
)
def test_fresh_rows_sum_over_generations(sizes: list[int], d: int, noises: st.DataObject) -> None:
    sizes = [size + d + 1 for size in sizes]
    g = len(sizes)
    sigma = noises.draw(st.lists(st.floats(0, 3), min_size=g, max_size=g))
    replaced = sum(Fraction(s) ** 2 * Fraction(d, n - d - 1) for s, n in zip(sigma, sizes, strict=True))
    for design in ("fresh", "fixed"):
        assert linear.risk(sizes, d, g, sigma, "replace", design) == near(float(replaced), rel=1e-12, abs=1e-300)
    pool, kept = 0, Fraction(0)
    for s, n in zip(sigma, sizes, strict=True):
        pool += n
        kept += Fraction(s) ** 2 * Fraction(d * n, pool * (pool - d - 1))
    assert linear.risk(sizes, d, g, sigma, "accumulate", "fresh") == near(float(kept), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize(("a", "b"), [(6, 6), (5, 9)])
def test_a_second_fresh_block_adds_the_integral(a: int, b: int) -> None:
    """For d = 1 the increment is E A_2/(A_1 + A_2)^2 with independent chi-squares."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    x = 60 * (nodes + 1)
    first, second = stats.chi2.pdf(x, a) * weights * 60, stats.chi2.pdf(x, b) * weights * 60
    increment = (first[:, None] * second[None, :] * x[None, :] / (x[:, None] + x[None, :]) ** 2).sum()
    value = linear.risk([a, b], 1, 2, 1.0, "accumulate", "fresh") - linear.risk(a, 1, 1)
    assert value == near(increment, rel=1e-5)


@given(n=st.integers(0, 40), d=st.integers(1, 20), g=st.integers(1, 300), sigma=parameter("sigma", low=0.1))
@example(n=0, d=1, g=1, sigma=1.0)
def test_a_constant_schedule_is_a_number(n: int, d: int, g: int, sigma: float) -> None:
    n += d + 2
    for workflow in ("replace", "accumulate"):
        constant = linear.risk(n, d, g, sigma, workflow, "fresh")
        assert linear.risk([n] * g, d, g, sigma, workflow, "fresh") == near(constant, rel=1e-11)
        assert linear.risk(n, d, g, [sigma] * g, workflow, "fixed") == near(
            linear.risk(n, d, g, sigma, workflow, "fixed"), rel=1e-11
        )
    kept = linear.risk(n, d, g, sigma, "accumulate", "fixed")
    assert linear.risk(n, d, g, sigma, "accumulate", "fresh") <= kept * (1 + 1e-13)
    assert kept <= linear.risk(n, d, g, sigma, "replace") * (1 + 1e-13)
    assert linear.noisy_test_ratio(n, d, g) == near(
        # (noise + risk_g)/(noise + risk_1)
        (sigma**2 + kept) / (sigma**2 + linear.risk(n, d, 1, sigma)),
        rel=1e-12,
    )


@pytest.mark.parametrize(("n", "d"), [(3, 1), (12, 9), (20, 9), (200, 3), (10**6, 1)])
def test_ratios_reach_their_limits(n: int, d: int) -> None:
    late = 2_000_000_000
    for design in ("fixed", "fresh"):
        ratio = linear.risk(n, d, late, 1.0, "accumulate", design) / linear.risk(n, d, 1)
        assert linear.ratio_limit(n, d, design) == near(ratio, rel=1e-8)
    assert linear.noisy_test_ratio_limit(n, d) == near(linear.noisy_test_ratio(n, d, late), rel=1e-8)


def test_printed_ratios() -> None:
    # x = (d + 1)/n = 0.1, 0.8, 0.9
    values = [linear.ratio_limit(n, d, "fresh") for n, d in ((30, 2), (20, 15), (20, 17))]
    assert [round(value, 4) for value in values] == [1.5994, 1.1780, 1.0941]
    assert linear.ratio_limit(20, 9, "fresh") == near(2 * math.log(2), rel=1e-14)
    assert linear.ratio_limit(20, 9) == near(math.pi**2 / 6, rel=1e-15)


def within(sample: np.ndarray, value: float) -> bool:
    return abs(sample.mean() - value) < FAR * sample.std(ddof=1) / math.sqrt(len(sample))


def min_norm_runs(runs: int, n: int, d: int, generations: int, sigma: float, *, fresh: bool) -> np.ndarray:
    """Return squared errors of w_g, min-norm least squares on its own labels, truth of norm 1."""
    rng = np.random.default_rng(0)
    truth = np.zeros(d)
    truth[0] = 1.0
    w = np.tile(truth, (runs, 1))
    x = rng.normal(size=(runs, n, d))
    for _ in range(generations):
        if fresh:
            x = rng.normal(size=(runs, n, d))
        y = np.einsum("rij,rj->ri", x, w) + sigma * rng.normal(size=(runs, n))
        w = np.einsum("rij,rj->ri", np.linalg.pinv(x), y)
    return ((w - truth) ** 2).sum(axis=1)


@pytest.mark.parametrize("fresh", [True, False])
def test_fewer_rows_than_features_literally(fresh: bool) -> None:
    # d - n >= 6: the sample mean has a finite variance
    sample = min_norm_runs(20_000, 2, 9, 3, 0.7, fresh=fresh)
    assert within(sample, linear.overparametrised_risk(2, 9, 3, 0.7, design="fresh" if fresh else "fixed"))
    assert not within(sample, linear.overparametrised_risk(2, 9, 3, 0.7, design="fixed" if fresh else "fresh"))


@given(
    n=st.integers(1, 20),
    gap=st.integers(2, 20),
    g=st.integers(1, 9),
    sigma=parameter("sigma"),
    signal=parameter("signal"),
)
def test_projections_generation_by_generation(n: int, gap: int, g: int, sigma: float, signal: float) -> None:
    d = n + gap
    # E ‖w_g‖^2 and E w_g'w*, hop by hop: a random projector keeps the share n/d of both squares and products
    square = product = Fraction(signal)
    for _ in range(g):
        square = square * Fraction(n, d) + Fraction(sigma) ** 2 * Fraction(n, d - n - 1)
        product *= Fraction(n, d)
    risk = float(square - 2 * product + Fraction(signal))
    assert linear.overparametrised_risk(n, d, g, sigma, signal) == near(risk, rel=1e-12, abs=1e-300)
    late = linear.overparametrised_risk(n, d, 10**6, sigma, signal)
    assert linear.overparametrised_risk_limit(n, d, sigma, signal) == near(late, rel=1e-12, abs=1e-300)


@given(d=st.integers(2, 20), data=st.data())
def test_noise_free_projections_multiply(d: int, data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(1, d - 1), min_size=1, max_size=5))
    kept = math.prod((Fraction(n, d) for n in sizes), start=Fraction(1))
    assert linear.overparametrised_risk(sizes, d, len(sizes), sigma=0.0) == near(float(1 - kept), rel=1e-13)


@given(
    gram=st.lists(st.floats(0, 3), min_size=1, max_size=4),
    ridge=st.floats(0.01, 3),
    sigma=parameter("sigma"),
    g=st.integers(1, 6),
)
@example(gram=[0.0, 2.0], ridge=0.5, sigma=1.0, g=2)
def test_ridge_in_every_generation(gram: list[float], ridge: float, sigma: float, g: int) -> None:
    n, truth = 10, [1.0 - 0.5 * i for i in range(len(gram))]
    # w' = (e w + sqrt(e/n) noise)/(e + ridge) along each direction, generation by generation
    risk = Fraction(0)
    for e, b in zip(gram, truth, strict=True):
        gain = Fraction(e) / (Fraction(e) + Fraction(ridge))
        mean, variance = Fraction(b), Fraction(0)
        for _ in range(g):
            mean *= gain
            variance = (
                gain**2 * variance + Fraction(sigma) ** 2 * Fraction(e) / n / (Fraction(e) + Fraction(ridge)) ** 2
            )
        risk += (mean - Fraction(b)) ** 2 + variance
    value = linear.ridge_every_generation_risk(n, ridge, gram, truth, g, sigma)
    assert value == near(float(risk), rel=1e-11, abs=1e-300)
    limit = linear.ridge_every_generation_risk(n, ridge, gram, truth, sigma=sigma)
    assert linear.ridge_every_generation_risk(n, ridge, gram, truth, 10**6, sigma) == near(limit, rel=1e-11)


def test_without_a_penalty_the_loop_is_least_squares() -> None:
    value = linear.ridge_every_generation_risk(8, 0.0, [0.5, 2.0], [1.0, 1.0], 3)
    assert value == near(3 / 8 * (1 / 0.5 + 1 / 2.0), rel=1e-13)
    assert linear.ridge_every_generation_risk(8, 0.0, [0.5], [1.0], sigma=0.0) == 0


@pytest.mark.parametrize(("n", "k"), [(2, 0), (2, 1), (3, 2), (4, 1), (4, 2), (4, 4)])
@pytest.mark.parametrize("g", [0, 1, 3])
def test_random_edits_average_over_all_subsets(n: int, k: int, g: int) -> None:
    assert linear.edited_risk_location(n, k, g) == near(float(exact.edited(n, k, g)), rel=1e-12)


@pytest.mark.parametrize(("n", "k"), [(2, 1), (4, 0), (4, 1), (4, 3)])
def test_a_fixed_set_of_edits_settles(n: int, k: int) -> None:
    reached = exact.edited(n, k, 110, positions=range(k))
    assert linear.edited_fixed_set_limit(n, k) == near(float(reached), rel=1e-12)


@given(p=st.floats(0.05, 1))
def test_random_edits_grow_at_the_slope(p: float) -> None:
    n = 10**7
    k = round(p * n)
    growth: Any = linear.edited_risk_location(n, k, 1001) - linear.edited_risk_location(n, k, 1000)
    assert linear.edited_slope(k / n) == near(growth, rel=1e-4)
