"""Quantities of a mean against shocks and corpora followed one by one in exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial

import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests import exact
from tests.strategies import parameter
from theory import location

#: Relative alone: approx keeps an absolute 1e-12 beside a relative tolerance, which small values would hide behind.
near = partial(pytest.approx, abs=0.0)


@settings(max_examples=60)
@given(n=st.integers(1, 4), g=st.integers(1, 4), m=st.integers(1, 5), replacement=st.booleans())
@example(n=1, g=4, m=1, replacement=True)
@example(n=1, g=4, m=1, replacement=False)
@example(n=3, g=1, m=2, replacement=False)
@example(n=3, g=1, m=5, replacement=True)
def test_subsamples_follow_the_literal_corpus(n: int, g: int, m: int, replacement: bool) -> None:
    if not replacement:
        m = min(m, n)
    workflow = "subsample_replacement" if replacement else "subsample"
    expected = float(exact.corpus([n] * g, workflow, 0, unit_noise=True, m=m)[-1][0])
    quantity = location.subsample_replacement_mse if replacement else location.subsample_mse
    assert quantity(n, g, m) == near(expected, rel=1e-12)
    if m == n:
        assert quantity(n, g) == near(expected, rel=1e-12)


@pytest.mark.parametrize("m", [None, 1, 3])
@pytest.mark.parametrize("replacement", [True, False])
def test_long_subsampling_is_the_recursion_in_forty_digits(m: int | None, replacement: bool) -> None:
    n, last = 3, 3000
    size = n if m is None else m
    with mpmath.workdps(40):
        mean, scatter, value = mpmath.mpf(1) / n, mpmath.mpf(n - 1), mpmath.mpf(0)
        for k in range(1, last + 1):
            pool = n * k
            if replacement:
                tau = scatter / (mpmath.mpf(pool) * size)
            else:
                tau = 0 if k == 1 else scatter / (pool - 1) * (mpmath.mpf(1) / size - mpmath.mpf(1) / pool)
            value = mean + tau
            mean += (tau + mpmath.mpf(1) / n) / (k + 1) ** 2
            scatter += n - 1 + mpmath.mpf(k) / (k + 1) * (n * tau + 1)
    quantity = location.subsample_replacement_mse if replacement else location.subsample_mse
    assert quantity(n, last, m) == near(float(value), rel=1e-13)


@pytest.mark.parametrize("n", [2, 5, 20, 10**6])
def test_subsampling_limits(n: int) -> None:
    rel = 10 * 2e9 ** (1 / n - 1)  # the slowest term left of the limit
    assert location.subsample_limit(n) == near(n * location.subsample_mse(n, 2_000_000_000), rel=rel)
    replaced = location.subsample_replacement_limit(n)
    assert replaced == near(n * location.subsample_replacement_mse(n, 2_000_000_000), rel=rel)
    if n < 100:
        x = mpmath.mpf(n)
        a = x**2 / (x - 1)
        b, z = a + x, mpmath.zeta(2)
        hyper = mpmath.hyp3f2(1, 1, 2 + 1 / x, 3, 3, 1)
        closed = z + (a * (z - 1) + b * (2 - z) + (x - 1 - a - b) / 4 * hyper) / x + x / (x - 1)
        assert replaced == near(float(closed), rel=1e-11)
    else:
        assert location.subsample_limit(n) == near(location.subsample_ratio_limit(), rel=1e-5)
        assert replaced == near(location.subsample_replacement_ratio_limit(), rel=1e-5)


def test_printed_subsampling() -> None:
    values = [20 * location.subsample_mse(20, g) for g in (2, 5, 10, 30)]
    assert [round(value, 4) for value in values] == [1.7436, 2.3908, 2.6633, 2.8703]


@given(f=st.floats(0.05, 1))
def test_the_fraction_limit_sums_its_series(f: float) -> None:
    k = np.arange(1, 200_001.0)
    terms = ((1 / f - 1) / k + 1) / (k + 1) ** 2
    tail = 1 / 200_001.5
    assert location.subsample_fraction_limit(f) == near(1 + terms.sum() + tail, rel=1e-8)
    assert location.subsample_fraction_limit(1) == near(math.pi**2 / 6, rel=1e-15)


def uniform(g: int, width: int) -> list[list[Fraction]]:
    """Return the weights of fits 1..g on blocks 1..k: equal on the last ``width`` of them."""
    rows = []
    for k in range(1, g + 1):
        seen = min(k, width)
        rows.append([Fraction(int(i >= k - seen), seen) for i in range(k)])
    return rows


@settings(max_examples=40)
@given(W=st.integers(1, 6), g=st.integers(1, 14))
@example(W=3, g=3)
@example(W=3, g=4)
def test_the_window_follows_every_shock(W: int, g: int) -> None:
    expected = float(exact.shock_variance(uniform(g, W), g))
    assert location.window_mse(W, 7, g) == near(expected, rel=1e-12)


@pytest.mark.parametrize("W", [1, 2, 5, 40])
def test_the_window_grows_at_its_slope(W: int) -> None:
    early, late = location.window_mse(W, 3, 10**6), location.window_mse(W, 3, 10**6 + 1000)
    assert (late - early) / 1000 == near(location.window_slope(W), rel=1e-6)


@pytest.mark.parametrize("W", [3, 17])
def test_the_settled_window_is_the_walked_window(W: int) -> None:
    g = 60 * W
    rows = np.zeros((g + 1, g))
    blocks = np.zeros((g + 1, g))
    for k in range(1, g + 1):
        blocks[k] = rows[k - 1]
        blocks[k, k - 1] += 1
        first = max(1, k - W + 1)
        rows[k] = blocks[first : k + 1].mean(axis=0)
    assert location.window_mse(W, 1, g) == near((rows[g] ** 2).sum(), rel=1e-12)


@given(sizes=st.lists(st.integers(1, 50), min_size=1, max_size=8))
@example(sizes=[7])
def test_schedules_in_fractions(sizes: list[int]) -> None:
    means = exact.corpus(sizes[:3], "accumulate", 0, unit_noise=True) if max(sizes[:3]) < 9 else []
    for g, (mean, _) in enumerate(means, start=1):
        assert location.schedule_mse(sizes[:g]) == near(float(sizes[0] * mean), rel=1e-12)
    pool, value = 0, Fraction(0)
    for size in sizes:
        pool += size
        value += Fraction(size, pool**2)
    assert location.schedule_mse(sizes) == near(float(sizes[0] * value), rel=1e-13)
    assert 1 <= location.schedule_mse(sizes) < 2


@pytest.mark.parametrize("factor", [2, 3, 10])
def test_growth_limits(factor: int) -> None:
    blocks = [1, *[factor**k - factor ** (k - 1) for k in range(1, 9)]]
    assert location.growth_limit(factor) == near(location.schedule_mse(blocks), rel=3 * factor**-8)


@pytest.mark.parametrize("n1", [1, 2, 10])
def test_one_at_a_time(n1: int) -> None:
    blocks = [n1] + [1] * 20_000
    tail = n1 / (n1 + 20_000.5)
    assert location.one_at_a_time_limit(n1) == near(location.schedule_mse(blocks) + tail, rel=1e-10)
    assert location.one_at_a_time_limit(10**9) == near(2, rel=1e-8)


@given(alpha=st.fractions(0, 3, max_denominator=4), g=st.integers(1, 30))
@example(alpha=Fraction(1, 2), g=1)
@example(alpha=Fraction(0), g=30)
def test_zeta_pathways_sum(alpha: Fraction, g: int) -> None:
    expected = mpmath.fsum(mpmath.mpf(k) ** (-2 * float(alpha)) for k in range(1, g + 1))
    assert location.zeta_pathway_mse(float(alpha), g) == near(float(expected), rel=1e-12)


def test_zeta_pathways_by_shocks_and_at_the_ends() -> None:
    # weight 1/k on the newest block and all else scaled down: the accumulate weights
    assert location.zeta_pathway_mse(1, 6) == near(float(exact.shock_variance(uniform(6, 6), 6)), rel=1e-13)
    assert location.zeta_pathway_mse(1.5, 2_000_000_000) == near(location.zeta_pathway_limit(1.5), rel=1e-12)
    assert location.zeta_pathway_mse(0.5, 2_000_000_000) == near(math.log(2e9) + 0.5772156649015329, rel=1e-9)
    assert location.zeta_pathway_mse(0.25, 10**8) == near(2e4 - 1.4603545, rel=1e-8)
    near_half = location.zeta_pathway_mse(0.5 + 1e-9, 1000)
    assert near_half == near(location.zeta_pathway_mse(0.5, 1000), rel=1e-7)


@given(a=st.integers(1, 30), b=st.integers(1, 30))
def test_the_limiting_process_is_correlated_by_shared_shocks(a: int, b: int) -> None:
    low, high = (sum(Fraction(1, k * k) for k in range(1, last + 1)) for last in sorted((a, b)))
    assert location.gaussian_process_correlation(a, b) == near(math.sqrt(low / high), rel=1e-13)


@given(n_real=st.integers(1, 6), n_syn=st.integers(1, 6), g=st.integers(1, 6))
def test_fixed_real_data_step_by_step(n_real: int, n_syn: int, g: int) -> None:
    share = Fraction(n_syn, n_real + n_syn)
    about_real = Fraction(0)
    for _ in range(g - 1):
        about_real = share**2 * (about_real + Fraction(1, n_syn))
    expected = float(Fraction(1, n_real) + about_real)
    assert location.fixed_real_mse(n_real, n_syn, g) == near(expected, rel=1e-13)
    limit = location.fixed_real_ratio_limit(n_real / (n_real + n_syn))
    assert n_real * location.fixed_real_mse(n_real, n_syn, 10**6) == near(limit, rel=1e-12)


@given(n_real=parameter("n_real"), n_syn=parameter("n_syn", low=1))
def test_fresh_real_data_in_the_long_run(n_real: int, n_syn: int) -> None:
    p = Fraction(n_real, n_real + n_syn)
    # v = p^2/n_real + (1 - p)^2 (v + 1/n_syn)
    v = (p**2 / n_real + (1 - p) ** 2 / n_syn) / (1 - (1 - p) ** 2)
    assert location.fresh_real_ratio_limit(n_real, n_syn) == near(float(n_real * v), rel=1e-13)
    weight = location.optimal_weight(n_real, n_syn)

    def risk(w: float) -> float:
        return (w**2 + (1 - w) ** 2 * n_real / n_syn) / (1 - (1 - w) ** 2)

    assert risk(weight) == near(weight, rel=1e-11)
    assert risk(weight) <= min(risk(weight * 1.001), risk(weight * 0.999))
    assert risk(weight) <= float(n_real * v) * (1 + 1e-12)


@given(g=st.integers(0, 60))
def test_the_best_schedule_is_a_ratio_of_fibonacci_numbers(g: int) -> None:
    value = Fraction(1)
    for _ in range(g):
        value = (value + 1) / (value + 2)
    assert location.optimal_schedule_mse(4, g) == near(float(value), rel=1e-14)
    assert location.optimal_schedule_mse(4, 10**9) == near(location.optimal_weight(1, 1), rel=1e-14)


@given(n_real=st.integers(1, 5), n_syn=st.integers(0, 5), g=st.integers(1, 12))
@example(n_real=3, n_syn=0, g=12)
def test_fresh_real_data_joining_a_growing_corpus(n_real: int, n_syn: int, g: int) -> None:
    size = n_real + n_syn
    p, value = Fraction(n_real, size), Fraction(1, size)
    for k in range(2, g + 1):
        value = value * (1 - p / k) ** 2 + Fraction(1, size * k * k)
    assert location.accumulate_fresh_mse(n_real, n_syn, g) == near(float(value), rel=1e-12)
    if n_syn == 0:
        assert location.accumulate_fresh_mse(n_real, 0, 10**6) == near(1e-6 / n_real, rel=1e-10)


def test_fresh_real_data_joining_a_growing_corpus_literally() -> None:
    # two blocks of one real and one synthetic point: the second synthetic point is the first mean plus noise,
    # so that the second mean is (x1 + x2 + r + (x1 + x2)/2 + e)/4
    expected = 2 * Fraction(3, 8) ** 2 + 2 * Fraction(1, 16)
    assert location.accumulate_fresh_mse(1, 1, 2) == near(float(expected), rel=1e-14)


@given(L=st.fractions(-3, 3, max_denominator=4), g=st.integers(1, 30))
@example(L=Fraction(1), g=30)
@example(L=Fraction(-1), g=2)
def test_the_gain_step_by_step(L: Fraction, g: int) -> None:
    value = Fraction(1)
    for k in range(2, g + 1):
        value = value * (1 + (L - 1) / k) ** 2 + Fraction(1, k * k)
    assert location.gain_mse(float(L), g) == near(float(value), rel=1e-11)


def test_the_gain_far_out() -> None:
    assert location.gain_mse(1, 2_000_000_000) == near(math.pi**2 / 6, rel=1e-9)
    with mpmath.workdps(30):
        for gain in (0.2, 0.5, 1.3, -1.0, 20.0, -60.25):
            value, last = mpmath.mpf(1), 5000
            for k in range(2, last + 1):
                value = value * (1 + (mpmath.mpf(gain) - 1) / k) ** 2 + mpmath.mpf(1) / k**2
            assert location.gain_mse(gain, last) == near(float(value), rel=1e-12)
    # L > 1 diverges like g^(2(L - 1)), L < 1/2 vanishes like 1/g
    assert location.gain_mse(1.3, 10**9) / location.gain_mse(1.3, 10**6) == near(1000**0.6, rel=1e-3)
    assert location.gain_mse(0.2, 10**6) / location.gain_mse(0.2, 10**9) == near(1000, rel=0.05)
