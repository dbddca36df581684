"""Directions of a refitted covariance and the law of its resting place."""

from __future__ import annotations

import itertools
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from groundwork.errors import BadInput
from tests.strategies import parameter
from theory import gaussian

#: Relative alone: approx keeps an absolute 1e-12 beside a relative tolerance, which small values would hide behind.
near = partial(pytest.approx, abs=0.0)


@given(n=parameter("n", low=3), d=st.integers(1, 6))
def test_the_exponents_add_up_to_the_log_determinant(n: int, d: int) -> None:
    d = min(d, n - 1)
    rates = [gaussian.lyapunov_exponent(n, axis) for axis in range(1, d + 1)]
    assert 2 * sum(rates) == near(gaussian.logdet_mean(n, 1, d), rel=1e-12)
    assert all(later < earlier < 0 for earlier, later in itertools.pairwise(rates))
    assert rates[0] == near(gaussian.log_sd_mean(n, 1, 1.0, "unbiased"), rel=1e-12)


def test_the_exponents_are_those_of_a_product_of_wishart_factors() -> None:
    # The R factors of a product of Gaussian matrices: ln of the diagonal over the generations, 400 of them.
    rng = np.random.default_rng(np.random.SeedSequence(20240601))
    n, d, generations = 8, 3, 40_000
    frame, total = np.eye(d), np.zeros(d)
    for _ in range(generations):
        rows = rng.standard_normal((n, d))
        rows -= rows.mean(axis=0)
        root = np.linalg.cholesky(rows.T @ rows / (n - 1))
        frame, upper = np.linalg.qr(root.T @ frame)
        total += np.log(np.abs(np.diag(upper)))
    expected = [gaussian.lyapunov_exponent(n, axis) for axis in range(1, d + 1)]
    # Each term has a standard deviation below 0.7, so 7 standard errors are 0.025.
    assert total / generations == near(expected, abs=0.025)


@given(n=parameter("n", low=2), g=st.integers(1, 9), sigma=parameter("sigma", low=0.1))
def test_the_leading_order_in_one_dimension_is_three_halves(n: int, g: int, sigma: float) -> None:
    assert gaussian.w2_leading(n, g, np.array([[sigma**2]])) == near(1.5 * sigma**2 * g / n, rel=1e-12)
    assert gaussian.w2_lower_bound(n, g, np.array([[sigma**2]])) == near(sigma**2 * g / n, rel=1e-12)


@pytest.mark.parametrize("g", [1, 4])
def test_the_leading_order_is_the_limit_of_the_exact_mean(g: int) -> None:
    gaps = [n * abs(gaussian.w2_mean(n, g) / gaussian.w2_leading(n, g, np.eye(1)) - 1) for n in (10**3, 10**6)]
    assert gaps[0] == near(gaps[1], rel=0.02)


def test_the_plane_has_the_leading_order_of_its_one_exact_fit() -> None:
    gaps = [gaussian.w2_mean_plane_one_fit(n) / gaussian.w2_leading(n, 1, np.eye(2)) - 1 for n in (200, 400, 800)]
    assert gaps[0] / gaps[1] == near(2, rel=0.02)
    assert gaps[1] / gaps[2] == near(2, rel=0.01)


@settings(max_examples=30)
@given(angle=st.floats(0, 3), scales=st.tuples(*[st.floats(0.1, 9)] * 2))
def test_the_leading_order_turns_with_the_axes(angle: float, scales: tuple[float, float]) -> None:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    a, b = scales
    cov = turn @ np.diag(scales) @ turn.T
    cov = (cov + cov.T) / 2
    assert gaussian.w2_leading(10, 2, cov) == near(0.2 * (1.5 * (a + b) + a * b / (a + b)), rel=1e-9)


@given(eps=st.floats(1e-3, 1e6))
def test_the_resting_law_is_students(eps: float) -> None:
    assert gaussian.resting_mean_tail(eps) == near(2 * stats.t.sf(eps, 2), rel=1e-9)
    assert gaussian.resting_mean_tail(eps, "mle") == near(2 * stats.t.sf(np.sqrt(2) * eps, 4), rel=1e-9)


def test_the_median_and_the_tail_constant_belong_to_the_same_law() -> None:
    half = np.sqrt(gaussian.resting_w2_median() - 1)
    assert gaussian.resting_mean_tail(half) == near(0.5, rel=1e-12)
    assert 1e12 * gaussian.resting_mean_tail(1e6) == near(1.0, rel=1e-9)
    assert gaussian.resting_tail_constant(10**9) == near(1.0, rel=1e-8)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: gaussian.lyapunov_exponent(5, 5), "axis"),
        (lambda: gaussian.lyapunov_exponent(1, 1), "n"),
        (lambda: gaussian.resting_mean_tail(0.0), "eps"),
        (lambda: gaussian.resting_mean_tail(1.0, "median"), "estimator"),
        (lambda: gaussian.w2_leading(10, 1, np.array([[1.0, 2.0], [2.0, 1.0]])), "cov"),
    ],
)
def test_refusals(call, named: str) -> None:
    with pytest.raises(BadInput, match=f"^{named} = "):
        call()
