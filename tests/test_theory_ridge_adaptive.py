"""Power-law features and the choice of the ridge: zeta series, closed sums, and searches by hand."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from theory import ridge

#: Relative alone: pytest adds an absolute 1e-12 of its own, under which small values hide.
near = partial(pytest.approx, abs=0.0)


def hurwitz(coefficients: Any, power: Any, base: float, start: int) -> Any:
    """Return sum_k coefficients(k) zeta(power(k), start), where the terms fall like base^-k."""
    total, k = mpmath.mpf(0), 0
    while True:
        term = coefficients(k) * mpmath.zeta(power(k), start)
        total += term
        if abs(term) < mpmath.mpf(10) ** -32 * abs(total) and k > 3:
            return total
        assert base > 1.5
        k += 1


def beyond(lam: float, beta: float) -> int:
    """Return the first j with lam j^beta > 2."""
    return max(1, math.ceil((2 / lam) ** (1 / beta)) + 1)


@settings(max_examples=12)
@given(m=st.integers(1, 3), lam=st.floats(-3, 2).map(lambda e: 10.0**e), beta=st.floats(1.2, 6))
@example(m=1, lam=1e-6, beta=6.0)
@example(m=2, lam=50.0, beta=1.001)
def test_power_law_degrees_of_freedom_by_zeta_series(m: int, lam: float, beta: float) -> None:
    with mpmath.workdps(40):
        x, b, first = mpmath.mpf(lam), mpmath.mpf(beta), beyond(lam, beta)
        head = mpmath.fsum((1 + x * mpmath.mpf(j) ** b) ** -m for j in range(1, first))

        def coefficient(k: int) -> Any:
            return (-1) ** k * mpmath.binomial(m + k - 1, k) / x ** (m + k)

        value = head + hurwitz(coefficient, lambda k: b * (m + k), lam * first**beta, first)
    assert ridge.power_law_df(m, lam, beta) == near(float(value), rel=1e-12)


@settings(max_examples=12)
@given(lam=st.floats(-3, 2).map(lambda e: 10.0**e), beta=st.floats(1.2, 4), r=st.floats(0.05, 3))
@example(lam=0.01, beta=2.0, r=1.0)
@example(lam=0.01, beta=2.0, r=1.5)
@example(lam=1e-4, beta=3.0, r=0.5)
def test_power_law_bias_by_zeta_series(lam: float, beta: float, r: float) -> None:
    with mpmath.workdps(40):
        x, b, first = mpmath.mpf(lam), mpmath.mpf(beta), beyond(lam, beta)
        signal = 1 + 2 * b * mpmath.mpf(r)
        head = mpmath.fsum(j**-signal / (1 + 1 / (x * mpmath.mpf(j) ** b)) ** 2 for j in range(1, first))
        tail = hurwitz(lambda k: (-1) ** k * (k + 1) / x**k, lambda k: signal + b * k, lam * first**beta, first)
    assert ridge.power_law_bias(lam, beta, r) == near(float(head + tail), rel=1e-12)


@pytest.mark.parametrize("lam", [1e-300, 1e-10, 1e-3, 1.0, 1e9])
def test_the_square_law_is_a_cotangent(lam: float) -> None:
    with mpmath.workdps(340):
        x = mpmath.pi / mpmath.sqrt(mpmath.mpf(lam))
        first = (x * mpmath.coth(x) - 1) / 2
        # df2 = df1 + lam d df1/d lam
        second = first + (-x * mpmath.coth(x) / 4 + x**2 * mpmath.csch(x) ** 2 / 4)
    assert ridge.power_law_df(1, lam, 2.0) == near(float(first), rel=1e-13)
    assert ridge.power_law_df(2, lam, 2.0) == near(float(second), rel=1e-13)


@pytest.mark.parametrize("lam", [1e-200, 1e-10, 3e-11, 1e-3, 1.0, 1e9])
def test_the_square_law_has_a_trigamma_bias(lam: float) -> None:
    """With r = 1/2 the terms are j/(j^2 + a^2)^2, a^2 = 1/lam: imaginary parts of -1/(2a (j + ia)^2)."""
    with mpmath.workdps(60):
        a = 1 / mpmath.sqrt(mpmath.mpf(lam))
        value = -mpmath.im(mpmath.psi(1, mpmath.mpc(1, a))) / (2 * a)
    assert ridge.power_law_bias(lam, 2.0, 0.5) == near(float(value), rel=1e-13)


@pytest.mark.parametrize(("m", "beta"), [(1, 1.3), (2, 1.7), (3, 3.0), (2, 4.0)])
def test_the_leading_law_misses_a_term_of_order_lam(m: int, beta: float) -> None:
    lam = 1e-4
    gap = ridge.power_law_df(m, lam, beta) - ridge.power_law_df_leading(m, lam, beta)
    assert gap == near(float(-m * lam * mpmath.zeta(-beta)), rel=1e-2, abs=1e-11)


def test_collapse_is_a_smaller_sample() -> None:
    assert ridge.effective_sample(100, 50, 0) == 100
    assert ridge.effective_sample(7, 3, 5) == near(float(1 / (Fraction(1, 7) + Fraction(5, 3))), rel=1e-15)
    blurred = ridge.power_law_risk(0.01, 2.0, 0.5, 300, 200, 3, 0.5, 0.5)
    worth = ridge.effective_sample(300, 200, 3)
    parts = ridge.power_law_bias(0.01, 2.0, 0.5), 0.25 * ridge.power_law_df(2, 0.01, 2.0)
    assert blurred == near(parts[0] + parts[1] / worth, rel=1e-14)
    unequal = ridge.power_law_risk(0.01, 2.0, 0.5, 300, 200, 3, 1.0, 2.0)
    assert unequal == near(parts[0] + 4 * parts[1] * (1 / 300 + 12 / 200), rel=1e-14)


@pytest.mark.parametrize(("beta", "r"), [(2.0, 0.5), (1.5, 0.3), (2.0, 2.0)])
def test_the_optimal_exponents_are_approached(beta: float, r: float) -> None:
    best = [ridge.power_law_optimal_risk(beta, r, n) for n in (10**8, 4 * 10**8)]
    slope = math.log(best[0] / best[1]) / math.log(4)
    assert ridge.optimal_exponent(beta, r) == near(slope, rel=0.01)
    noise, exponent = 1e-8, ridge.optimal_ridge_exponent(beta, r)
    ridges = [noise**exponent * math.exp(step) for step in np.linspace(-4, 4, 161)]
    risks = [ridge.power_law_bias(lam, beta, r) + noise * ridge.power_law_df(2, lam, beta) for lam in ridges[::8]]
    # The best ridge stays within a constant factor of T^-l, and the search finds the least risk.
    assert 0 < int(np.argmin(risks)) < len(risks) - 1
    assert min(risks) * 0.99 < best[0] <= min(risks) * (1 + 1e-9)


def test_a_kept_ridge_pays_linearly_and_a_new_one_does_not() -> None:
    """The printed example: beta = 2, r = 1/2, n = n0 = 10^4, a hundred hops."""
    clean = ridge.power_law_optimal_risk(2.0, 0.5, 10**4)
    grid = np.exp(np.linspace(-7.5, -5.5, 41))
    kept = min(grid, key=lambda lam: ridge.power_law_risk(float(lam), 2.0, 0.5, 10**4))
    assert ridge.power_law_risk(float(kept), 2.0, 0.5, 10**4, 10**4, 100) / clean == near(67.0, rel=0.02)
    assert ridge.power_law_optimal_risk(2.0, 0.5, 10**4, 10**4, 100) / clean == near(20.2, rel=0.003)


@given(n=st.integers(3, 40), d=st.integers(1, 6), sigma=st.floats(0.2, 3), signal=st.floats(0.2, 3))
@settings(max_examples=5)
def test_the_best_isotropic_ridge_is_known(n: int, d: int, sigma: float, signal: float) -> None:
    w = [math.sqrt(signal / d)] * d
    assert ridge.optimal_ridge(n, [1.0] * d, w, d + 2, 0, sigma) == near(d * sigma**2 / (n * signal), rel=1e-5)


def test_the_best_ridge_beats_its_neighbours_after_hops() -> None:
    s, w = [3.0, 1.0, 0.2, 0.05], [0.5, 1.0, -1.0, 2.0]

    def risk(lam: float) -> float:
        return ridge.collapsed_risk(30, lam, s, w, 8, 4, 0.6, 1.1)

    best = ridge.optimal_ridge(30, s, w, 8, 4, 0.6, 1.1)
    assert risk(best) < min(risk(0.99 * best), risk(1.01 * best), risk(3 * best), risk(best / 3))
    assert best > ridge.optimal_ridge(30, s, w, 8, 0, 0.6, 1.1)
