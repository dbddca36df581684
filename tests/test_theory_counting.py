"""Counting families against laws propagated draw by draw, exact fractions and Gamma functions in many digits."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from groundwork.errors import BadInput
from tests import exact
from tests.strategies import parameter, schedules
from theory import counting
from theory.symbols import domain

#: Relative: approx alone adds an absolute 1e-12, at which a small number equals any other.
near = partial(pytest.approx, abs=0.0)
SHARES = st.integers(0, 10).map(lambda count: Fraction(count, 10))


@given(mu=SHARES, sizes=schedules(1, 3, most=3))
@example(mu=Fraction(1, 2), sizes=[1, 3])
@example(mu=Fraction(1), sizes=[2])
def test_the_coin_follows_its_chain(mu: Fraction, sizes: list[int]) -> None:
    law, g = exact.chain_law((mu, 1 - mu), sizes), len(sizes)
    spread = sum(weight * state[0] * state[1] for state, weight in law.items())
    error = sum(weight * (state[0] - mu) ** 2 for state, weight in law.items())
    assert counting.bernoulli_heterozygosity(sizes, float(mu), g) == near(float(spread), rel=1e-13, abs=1e-300)
    assert counting.nef_mse("bernoulli", sizes, g, float(mu)) == near(float(error), rel=1e-13, abs=1e-300)
    if len(set(sizes)) == 1:
        assert counting.bernoulli_heterozygosity(sizes[0], float(mu), g) == near(float(spread), rel=1e-13, abs=1e-300)
        assert counting.nef_mse("bernoulli", sizes[0], g, float(mu)) == near(float(error), rel=1e-13, abs=1e-300)


@given(mu=SHARES, n=st.integers(1, 5))
@example(mu=Fraction(0), n=3)
def test_absorption_solves_the_chain(mu: Fraction, n: int) -> None:
    time, _, _ = exact.collapse_moments((mu, 1 - mu), n)
    assert counting.bernoulli_absorption_time(n, float(mu)) == near(float(time), rel=1e-12, abs=1e-300)
    fixed = exact.chain_law((mu, 1 - mu), [1]).get((Fraction(1), Fraction(0)), Fraction(0))
    assert counting.bernoulli_fixation_at_one(float(mu)) == float(fixed)


def test_absorption_at_large_n_and_at_rare_ones() -> None:
    entropy = -0.2 * math.log(0.2) - 0.8 * math.log(0.8)
    gaps = [counting.bernoulli_absorption_time(n, 0.2) - 2 * n * entropy for n in (100, 200, 400)]
    assert np.diff(gaps) == near([-math.log(2) / 3] * 2, rel=0.02)
    # a word of probability p is seen at all with chance about n p
    assert counting.bernoulli_absorption_time(50, 1e-18) == near(1, abs=1e-14)


def _poisson_law(sizes: list[int], rate: float) -> np.ndarray:
    """Return the law of the sum of the last draws, truncated where nothing is left."""
    states = np.arange(400)
    law = stats.poisson.pmf(states, sizes[0] * rate)
    for before, after in pairwise(sizes):
        law = law @ stats.poisson.pmf(states[None, :], (after * states / before)[:, None])
    return law


@settings(max_examples=30)
@given(rate=st.floats(0.05, 2), sizes=schedules(1, 4, most=4))
@example(rate=1.0, sizes=[3, 3, 3, 3])
@example(rate=0.5, sizes=[4, 1, 2])
def test_branching_follows_its_law(rate: float, sizes: list[int]) -> None:
    law, g = _poisson_law(sizes, rate), len(sizes)
    theta = np.arange(len(law)) / sizes[-1]
    for n in (sizes, sizes[0]) if len(set(sizes)) == 1 else (sizes,):
        assert counting.poisson_extinction(n, rate, g) == near(law[0], rel=1e-11)
        assert counting.poisson_variance(n, rate, g) == near(law @ theta**2 - (law @ theta) ** 2, rel=1e-7)
        assert counting.nef_mse("poisson", n, g, rate) == near(law @ (theta - rate) ** 2, rel=1e-7)
        assert counting.poisson_mean_alive(n, rate, g) == near(law @ theta / law[1:].sum(), rel=1e-8)


def test_the_survival_exponent_by_walking() -> None:
    with mpmath.workdps(40):
        w = mpmath.mpf(1)
        for g in range(1, 5001):
            if g in (1, 2, 10, 255, 256, 257, 258, 1000, 5000):
                assert counting.poisson_w(g) == near(float(w), rel=2e-16)
            w = -mpmath.expm1(-w)


@given(g=st.integers(1, 2**31 - 2))
@example(g=2**31 - 2)
@example(g=256)
def test_the_survival_exponent_anywhere(g: int) -> None:
    here, after = counting.poisson_w(g), counting.poisson_w(g + 1)
    assert after == near(-math.expm1(-here), rel=3e-16)
    assert counting.poisson_w_lower(g) * (1 - 1e-15) <= here <= counting.poisson_w_upper(g) * (1 + 1e-15)
    if g > 1000:
        # 1/w - ln(1/w)/6 + w/72 grows by 1/2 a step, up to w^3: nothing is lost between walked and leapt
        start = counting.poisson_w(1000)

        def clock(w: float) -> float:
            return 1 / w + math.log(w) / 6 + w / 72

        assert clock(here) - clock(start) == near((g - 1000) / 2, rel=1e-14, abs=1e-8)


def test_the_two_over_g_law_and_its_bounds() -> None:
    assert 2**31 * counting.poisson_w(2**31 - 1) == near(2, rel=1e-8)
    assert counting.poisson_w_upper(1) == counting.poisson_w(1) == counting.poisson_w_lower(1) == 1
    # the correction: 1/w - g/2 grows like (ln g)/6
    growth = 1 / counting.poisson_w(10**6) - 1 / counting.poisson_w(10**3) - (10**6 - 10**3) / 2
    assert growth == near(math.log(1000) / 6, rel=2e-3)
    assert 1 - counting.poisson_extinction(10, 1.0, 10**9) == near(2 * 10 / 10**9, rel=1e-6)
    assert counting.poisson_mean_alive(10, 1.0, 10**9) == near(10**9 / 20, rel=1e-6)
    assert counting.poisson_mean_alive(1, 1e-30, 1) == near(1, rel=1e-15)


#: Cumulant functions: the variance at the natural parameter is the second derivative.
CUMULANTS: dict[str, tuple[Callable[[Any, Any], Any], float, float | None]] = {
    "bernoulli": (lambda t, r: mpmath.log(1 + mpmath.exp(t)), 0.4, None),
    "binomial": (lambda t, r: r * mpmath.log(1 + mpmath.exp(t)), 0.4, 3.0),
    "poisson": (lambda t, r: mpmath.exp(t), 0.4, None),
    "normal": (lambda t, r: t**2 / 2, 0.4, None),
    "exponential": (lambda t, r: -mpmath.log(-t), -0.4, None),
    "gamma": (lambda t, r: -r * mpmath.log(-t), -0.4, 2.5),
    "negbin": (lambda t, r: -r * mpmath.log(1 - mpmath.exp(t)), -0.4, 2.5),
    "secant": (lambda t, r: -r * mpmath.log(mpmath.cos(t)), 0.4, 2.5),
}


@pytest.mark.parametrize("family", CUMULANTS)
def test_variance_functions_from_cumulants(family: str) -> None:
    cumulant, t, r = CUMULANTS[family]
    with mpmath.workdps(40):
        mean, variance, third = (mpmath.diff(lambda s: cumulant(s, r), t, order) for order in (1, 2, 3))
        # dV/dmu = k3/k2, so that the slope and its change show v1 and v2
        fourth = mpmath.diff(lambda s: cumulant(s, r), t, 4)
        v2 = (fourth / variance - (third / variance) ** 2) / variance / 2
    value = counting.nef_mse(family, 7, 1, float(mean), r)
    assert value == near(float(variance) / 7, rel=1e-13)
    second = counting.nef_mse(family, 7, 2, float(mean), r)
    assert second == near(float(variance) / 7 * (2 + float(v2) / 7), rel=1e-13)
    assert set(CUMULANTS) == set(domain("family").options)


@given(r=st.integers(1, 2), mu=SHARES, sizes=schedules(1, 2, most=3))
def test_binomial_counts_follow_their_chain(r: int, mu: Fraction, sizes: list[int]) -> None:
    trials, g = [r * n for n in sizes], len(sizes)
    for workflow, law in (("replace", exact.chain_law), ("accumulate", exact.accumulated_law)):
        error = sum(weight * (state[0] - mu) ** 2 for state, weight in law((mu, 1 - mu), trials).items())
        expected = near(float(r * r * error), rel=1e-13, abs=1e-300)
        assert counting.nef_mse("binomial", sizes, g, r * float(mu), float(r), workflow) == expected
        if len(set(sizes)) == 1:
            assert counting.nef_mse("binomial", sizes[0], g, r * float(mu), float(r), workflow) == expected


def test_negative_binomial_counts_follow_their_law() -> None:
    n, r, mu, states = 4, 3.0, 1.0, np.arange(700)

    def step(mean: np.ndarray) -> np.ndarray:
        size = n * r
        return stats.nbinom.pmf(states[None, :], size, size / (size + n * mean[:, None]))

    law = step(np.array([mu]))[0]
    for g in (2, 3):
        law = np.concatenate(([law[0]], np.zeros(699))) + law[1:] @ step(states[1:] / n)
        error = law @ (states / n - mu) ** 2
        assert counting.nef_mse("negbin", n, g, mu, r) == near(error, rel=1e-7)


@given(sizes=schedules(1, 9, most=5), r=st.integers(1, 4), mu=st.floats(0.1, 3))
@example(sizes=[2, 2, 2], r=1, mu=1.0)
def test_gamma_fits_multiply(sizes: list[int], r: int, mu: float) -> None:
    replaced = accumulated = Fraction(1)
    pool = 0
    for n in sizes:
        square = 1 + Fraction(1, n * r)  # E G^2 of a mean of n gamma variables of mean 1
        replaced *= square
        accumulated *= (Fraction(pool) ** 2 + 2 * pool * n + n * n * square) / (pool + n) ** 2
        pool += n
    for workflow, ratio in (("replace", replaced), ("accumulate", accumulated)):
        for family, shape in (("gamma", float(r)), *([("exponential", None)] if r == 1 else [])):
            value = counting.nef_mse(family, sizes, len(sizes), mu, shape, workflow)
            assert value == near(mu**2 * float(ratio - 1), rel=1e-13)
            if len(set(sizes)) == 1:
                assert counting.nef_mse(family, sizes[0], len(sizes), mu, shape, workflow) == near(value, rel=1e-13)


@settings(max_examples=50)
@given(
    v2=st.sampled_from([-1.0, -0.5, 1e-280, -1e-40, 1e-9, 1e-3, 0.3, 1.0, 20.0]),
    n=st.sampled_from([1, 2, 5, 100, 10**6, 2**31 - 1]),
    g=st.sampled_from([1, 2, 64, 65, 1000, 10**6, 2**31 - 1]),
)
@example(v2=-1.0, n=1, g=1000)
@example(v2=1e-3, n=1, g=65)
@example(v2=-1.0, n=1000, g=65)
@example(v2=20.0, n=1, g=2**31 - 1)
def test_the_product_law_in_many_digits(v2: float, n: int, g: int) -> None:
    with mpmath.workdps(60):
        e = mpmath.mpf(v2) / n
        if abs(e) < 1e-4:
            # five orders of the logarithm, in the sums of 1/k^2, 1/k^4, …
            powers = [mpmath.zeta(2 * j) - mpmath.zeta(2 * j, g + 1) for j in range(1, 6)]
            plain = mpmath.expm1(sum(-((-e) ** j) / j * power for j, power in enumerate(powers, start=1))) / e
        elif g <= 100:
            plain = (mpmath.fprod(1 + e / k**2 for k in range(1, g + 1)) - 1) / e
        else:
            a = mpmath.sqrt(-e)
            plain = (mpmath.re(mpmath.gammaprod([g + 1 - a, g + 1 + a], [1 - a, 1 + a, g + 1, g + 1])) - 1) / e
        ratio = float(1 + e * plain)
        gain = float(plain)
    # V = 1 + v2 mu^2 at mu = 0 has the gain over n for its error; the families reach it through r = 1/v2
    if v2 > 0:
        assert counting.nef_mse("secant", n, g, 0.0, 1 / v2, "accumulate") == near(gain / n / v2, rel=2e-15)
    assert counting.nef_variance_ratio(v2, n, g, "accumulate") == near(ratio, rel=1e-14, abs=1e-300)


@given(n=st.integers(1, 50), g=st.integers(1, 60), v2=st.floats(-1, 3))
def test_replace_multiplies(n: int, g: int, v2: float) -> None:
    exactly = (1 + Fraction(v2) / n) ** g
    assert counting.nef_variance_ratio(v2, n, g) == near(float(exactly), rel=1e-13, abs=1e-300)
    assert counting.nef_variance_ratio(v2, [n] * g, g) == near(float(exactly), rel=1e-13, abs=1e-300)
    listed = counting.nef_variance_ratio(v2, [n] * g, g, "accumulate")
    assert listed == near(counting.nef_variance_ratio(v2, n, g, "accumulate"), rel=1e-13, abs=1e-300)


def test_replace_far_out() -> None:
    assert counting.nef_mse("bernoulli", 5, 2**31 - 1, 0.3) == near(0.21, rel=1e-15)
    assert counting.nef_mse("gamma", 10**6, 10**6, 1.0, 1e200) == near(1.0 * 1e-200, rel=1e-13)
    assert counting.nef_mse("normal", 7, 2**31 - 1, -3.0) == near((2**31 - 1) / 7, rel=1e-15)
    assert counting.nef_mse("secant", 7, 2**31 - 1, 0.0, 1e9) == near(1e18 * math.expm1((2**31 - 1) / 7e9), rel=1e-8)


@pytest.mark.parametrize("family", CUMULANTS)
@pytest.mark.parametrize("n", [1, 3, 40])
def test_limits_are_reached(family: str, n: int) -> None:
    _, _, r = CUMULANTS[family]
    limit = counting.nef_mse_limit(family, n, 0.7, r)
    far = counting.nef_mse(family, n, 2**31 - 1, 0.7, r, "accumulate")
    assert limit == near(far, rel=1e-8)
    v2 = {"poisson": 0.0, "normal": 0.0, "bernoulli": -1.0, "exponential": 1.0}.get(family)
    v2 = v2 if v2 is not None else (-1 if family == "binomial" else 1) / (r or 1)
    ratio = limit / counting.nef_mse(family, n, 1, 0.7, r)
    assert counting.nef_ratio_limit(v2, n) == near(ratio, rel=1e-13)
    if v2 < 0:
        stuck = counting.nef_mse_limit(family, n, 0.7, r, "replace")
        assert stuck == near(counting.nef_mse(family, n, 10**6, 0.7, r), rel=1e-13)
    else:
        with pytest.raises(BadInput, match="grows without end"):
            counting.nef_mse_limit(family, n, 0.7, r, "replace")


@given(v2=st.floats(-1, 50), n=st.integers(1, 1000))
@example(v2=0.0, n=1)
@example(v2=1e-300, n=1)
@example(v2=-1.0, n=1)
@example(v2=1e-3, n=1)
@example(v2=-1.001e-3, n=1)
def test_pi_squared_over_six_if_and_only_if_v2_vanishes(v2: float, n: int) -> None:
    value = counting.nef_ratio_limit(v2, n)
    with mpmath.workdps(60 if abs(v2) > 1e-12 else 700):
        x = mpmath.pi * mpmath.sqrt(mpmath.mpf(v2) / n)
        expected = (mpmath.re(mpmath.sinh(x) / x) - 1) / (mpmath.mpf(v2) / n) if v2 else mpmath.pi**2 / 6
        assert value == near(float(expected), rel=3e-16)
        gap = expected - mpmath.pi**2 / 6
        assert gap * v2 >= mpmath.mpf(v2) ** 2 / (4 * n)
    assert counting.nef_ratio_limit(v2, 10**9) == near(
        math.pi**2 / 6 + v2 * math.pi**4 / 120e9, rel=1e-15 + 1e-17 * v2**2
    )


@given(g=parameter("g"), n=parameter("n"), mu=st.floats(0.01, 0.99))
def test_accumulate_never_does_worse_than_replace(g: int, n: int, mu: float) -> None:
    for family in ("bernoulli", "poisson", "exponential"):
        kept = counting.nef_mse(family, n, g, mu, workflow="accumulate")
        assert kept <= counting.nef_mse(family, n, g, mu) * (1 + 1e-12)
        assert kept <= counting.nef_mse_limit(family, n, mu) * (1 + 1e-12)
