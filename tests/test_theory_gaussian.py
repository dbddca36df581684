"""Gaussian quantities against the literal corpus in exact fractions and against chi-square recurrences."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import mpmath
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from tests import exact
from tests.strategies import parameter, schedules
from theory import gaussian

WORKFLOWS = ("replace", "accumulate", "subsample", "subsample_replacement")
ESTIMATORS = {"unbiased": 1, "mle": 0}
#: Relative alone: approx keeps an absolute 1e-12 beside a relative tolerance, which small values would hide behind.
near = partial(pytest.approx, abs=0.0)


def assert_close(value: float, reference: object, *, rel: float = 1e-11) -> None:
    """Assert relative agreement, at zero exact equality up to 1e-15."""
    assert value == near(float(reference), rel=rel, abs=1e-300 if reference else 1e-15)  # type: ignore[arg-type]


@given(
    n=st.integers(1, 4),
    g=st.integers(1, 4),
    workflow=st.sampled_from(WORKFLOWS),
    estimator=parameter("estimator"),
)
@example(n=2, g=1, workflow="subsample_replacement", estimator="unbiased")
@example(n=1, g=4, workflow="subsample", estimator="mle")
@example(n=1, g=4, workflow="subsample_replacement", estimator="mle")
def test_mean_and_variance_follow_the_literal_corpus(n: int, g: int, workflow: str, estimator: str) -> None:
    c = ESTIMATORS[estimator]
    n = max(n, 1 + c)
    mean, variance = exact.corpus([n] * g, workflow, c)[-1]
    assert_close(gaussian.mean_mse(n, g, 1.5, estimator, workflow), mean * Fraction(9, 4))
    assert_close(gaussian.variance_mean(n, g, 1.5, estimator, workflow), variance * Fraction(9, 4))


@given(sizes=schedules(2, 6, most=4), workflow=st.sampled_from(WORKFLOWS[:2]), estimator=parameter("estimator"))
@example(sizes=[2], workflow="accumulate", estimator="unbiased")
@example(sizes=[2, 6, 2], workflow="accumulate", estimator="unbiased")
def test_schedules_follow_the_literal_corpus(sizes: list[int], workflow: str, estimator: str) -> None:
    mean, variance = exact.corpus(sizes, workflow, ESTIMATORS[estimator])[-1]
    assert_close(gaussian.mean_mse(sizes, len(sizes), 1.0, estimator, workflow), mean)
    assert_close(gaussian.variance_mean(sizes, len(sizes), 1.0, estimator, workflow), variance)


@given(sizes=schedules(2, 5, most=3))
def test_a_draw_of_the_model_has_the_variance_of_the_model_and_of_its_mean(sizes: list[int]) -> None:
    for estimator, c in ESTIMATORS.items():
        mean, variance = exact.corpus(sizes, "replace", c)[-1]
        assert_close(gaussian.marginal_variance(sizes, len(sizes), 1.0, estimator), mean + variance)


@given(sizes=schedules(2, 30, most=4), estimator=parameter("estimator"), sigma=parameter("sigma", low=0.1))
@example(sizes=[2], estimator="unbiased", sigma=1.0)
def test_replace_moments_follow_the_chi_recurrence(sizes: list[int], estimator: str, sigma: float) -> None:
    c, g = ESTIMATORS[estimator], len(sizes)
    mean, square, fourth = exact.w2_moments(sizes, c)
    sd = mpmath.fprod(exact.chi_power(n, c, 1) for n in sizes)
    fourth_power = mpmath.fprod(exact.chi_power(n, c, 4) for n in sizes)
    variance = mpmath.fprod(exact.chi_power(n, c, 2) for n in sizes)
    assert_close(gaussian.sd_mean(sizes, g, sigma, estimator), sd * sigma)
    assert_close(gaussian.variance_square_mean(sizes, g, sigma, estimator), fourth_power * sigma**4)
    assert_close(gaussian.w2_covariance_term(sizes, g, sigma, estimator), (variance + 1 - 2 * sd) * sigma**2)
    assert_close(gaussian.w2_mean(sizes, g, sigma, estimator), mean * sigma**2)
    assert_close(gaussian.w2_variance(sizes, g, sigma, estimator), (square - mean**2) * sigma**4, rel=1e-10)
    if c:
        assert_close(gaussian.mean_fourth_moment(sizes, g, sigma), fourth * sigma**4)


@given(n=parameter("n", low=2, high=30), g=st.integers(1, 5), estimator=parameter("estimator"))
def test_a_constant_schedule_is_a_number(n: int, g: int, estimator: str) -> None:
    for quantity in (gaussian.w2_mean, gaussian.w2_variance, gaussian.variance_mean, gaussian.log_sd_mean):
        assert_close(quantity([n] * g, g, 1.0, estimator), quantity(n, g, 1.0, estimator))
    for quantity in (
        gaussian.w2_mean,
        gaussian.variance_mean,
        gaussian.mean_mse,
        gaussian.variance_square_mean,
    ):
        assert_close(quantity([n] * g, g, 1.0, estimator, "accumulate"), quantity(n, g, 1.0, estimator, "accumulate"))


def _root_mean(before: int, batch: int, c: int) -> float:
    """Return E sqrt(F) of one accumulating fit by integrating over both chi laws."""
    nodes, weights = np.polynomial.legendre.leggauss(160)
    x, z = 7 * (nodes + 1)[:, None], 7 * (nodes + 1)[None, :]
    density = 49 * np.outer(weights, weights) * stats.chi.pdf(x, batch - 1) * stats.chi.pdf(z, 1)
    pool = before + batch
    return float((density * np.sqrt((before - c + x**2 + before / pool * z**2) / (pool - c))).sum())


@pytest.mark.parametrize(("n", "estimator"), [(2, "mle"), (3, "mle"), (2, "unbiased"), (5, "unbiased")])
def test_the_accumulated_sd_is_a_product_of_double_integrals(n: int, estimator: str) -> None:
    c = ESTIMATORS[estimator]
    expected = exact.chi_power(n, c, 1) * _root_mean(n, n, c) * _root_mean(2 * n, n, c)
    assert_close(gaussian.sd_mean(n, 3, 1.0, estimator, "accumulate"), expected)


@pytest.mark.parametrize("estimator", ["mle", "unbiased"])
def test_an_accumulated_schedule_takes_the_same_integrals(estimator: str) -> None:
    c, sizes = ESTIMATORS[estimator], [3, 7, 2]
    expected = exact.chi_power(3, c, 1) * _root_mean(3, 7, c) * _root_mean(10, 2, c)
    assert_close(gaussian.sd_mean(sizes, 3, 1.0, estimator, "accumulate"), expected)


@given(sizes=schedules(2, 9, most=5), estimator=parameter("estimator"))
def test_accumulated_fourth_moment_of_the_sd(sizes: list[int], estimator: str) -> None:
    c, pool, value = ESTIMATORS[estimator], sizes[0], exact.chi_power(sizes[0], ESTIMATORS[estimator], 4)
    for batch in sizes[1:]:
        # E X^2 of X = a + chi2_k + b chi2_1, written out term by term
        a, k, b = pool - c, batch - 1, Fraction(pool, pool + batch)
        square = a**2 + k * (k + 2) + 3 * b**2 + 2 * a * k + 2 * a * b + 2 * k * b
        pool += batch
        value *= mpmath.mpf(square.numerator) / square.denominator / (pool - c) ** 2
    assert_close(gaussian.variance_square_mean(sizes, len(sizes), 1.0, estimator, "accumulate"), value)


@given(n=parameter("n", low=2), g=st.integers(1, 60))
def test_the_mle_conserves_mean_square_plus_variance(n: int, g: int) -> None:
    for workflow in WORKFLOWS:
        mean = gaussian.mean_mse(n, g, 1.0, "mle", workflow)
        assert mean + gaussian.variance_mean(n, g, 1.0, "mle", workflow) == near(1, rel=1e-13)


@given(n=parameter("n", low=2), g=st.integers(1, 200), estimator=parameter("estimator"))
def test_accumulating_is_never_worse_than_replacing(n: int, g: int, estimator: str) -> None:
    for quantity in (gaussian.mean_mse, gaussian.w2_mean):
        kept = quantity(n, g, 1.0, estimator, "accumulate")
        assert kept <= quantity(n, g, 1.0, estimator, "replace") * (1 + 1e-12)
        assert kept <= quantity(n, g + 1, 1.0, estimator, "accumulate")


@given(sizes=schedules(2, 50, most=5), scale=parameter("sigma", low=0.01))
def test_sigma_only_sets_the_scale(sizes: list[int], scale: float) -> None:
    g = len(sizes)
    assert_close(gaussian.w2_mean(sizes, g, scale), gaussian.w2_mean(sizes, g) * scale**2)
    assert_close(gaussian.w2_variance(sizes, g, scale), gaussian.w2_variance(sizes, g) * scale**4)


@given(n=parameter("n", low=2), a=st.integers(1, 500), b=st.integers(1, 500))
def test_generations_compose(n: int, a: int, b: int) -> None:
    sd = gaussian.sd_mean
    assert_close(sd(n, a + b), sd(n, b, sd(n, a)))
    assert gaussian.log_sd_mean(n, a + b) == near(gaussian.log_sd_mean(n, a) + gaussian.log_sd_mean(n, b), rel=1e-12)


@pytest.mark.parametrize("estimator", ["mle", "unbiased"])
@pytest.mark.parametrize("n", [2, 3, 10, 1000])
def test_limits_are_reached(n: int, estimator: str) -> None:
    for workflow in WORKFLOWS:
        if workflow.startswith("subsample") and estimator == "unbiased":
            continue
        reached = gaussian.variance_mean(n, 2_000_000_000, 1.0, estimator, workflow)
        limit = gaussian.variance_mean_limit(n, workflow, estimator)
        assert reached == near(limit, rel=1e-8, abs=1e-300)


def test_the_unbiased_subsample_grows_like_a_power() -> None:
    values = [gaussian.variance_mean(10, g, workflow="subsample") for g in (100, 10_000, 1_000_000)]
    assert [round(value, 2) for value in values] == [1.26, 1.98, 3.14]
    big = [gaussian.variance_mean(10, g, workflow="subsample") for g in (10**6, 10**9)]
    assert big[1] / big[0] == near(1000**0.1, rel=1e-5)


@pytest.mark.parametrize("n", [2, 10, 10**9])
def test_huge_sizes_and_generations_keep_their_digits(n: int) -> None:
    # leading orders: (3/2) g/n with relative error g/(4n), 5/2 (g/n)^2, pi^2/6/n
    if n == 10**9:
        assert gaussian.w2_mean(n, 3) == near(4.5e-9, rel=1e-8)
        assert gaussian.w2_variance(n, 3) == near(2.5 * 9e-18, rel=1e-7)
        assert gaussian.w2_covariance_term(n, 3, estimator="mle") == near(1.5e-9, rel=1e-7)
        accumulated = gaussian.w2_mean(n, 10**9, 1.0, "unbiased", "accumulate")
        assert accumulated == near(1.5 * mpmath.zeta(2) / 10**9, rel=1e-7)
        return
    # accumulate: walking all generations one by one in 40 digits
    with mpmath.workdps(40):
        mean, variance = mpmath.mpf(1) / n, mpmath.mpf(1)
        for k in range(1, 3000):
            mean += variance / (n * mpmath.mpf(k + 1) ** 2)
            variance *= 1 - mpmath.mpf(1) / ((k + 1) * (n * (k + 1) - 1))
    assert_close(gaussian.mean_mse(n, 3000, workflow="accumulate"), mean, rel=1e-13)
    assert_close(gaussian.variance_mean(n, 3000, workflow="accumulate"), variance, rel=1e-13)


def test_printed_figures() -> None:
    sd = [gaussian.sd_mean(n, 1, estimator="mle") for n in (10, 30, 100, 500, 1000)]
    assert [round(value, 5) for value in sd] == [0.92275, 0.97475, 0.99248, 0.99850, 0.99925]
    assert gaussian.w2_variance(100, 1) == near(2.50629e-4, rel=1e-5)
    assert gaussian.w2_variance([50, 80], 2) == near(2.69022e-3, rel=1e-5)
    assert gaussian.w2_variance(13, 7) == near(1.44288, rel=1e-5)


@given(cov=st.lists(st.floats(0.1, 3), min_size=1, max_size=4), g=st.integers(1, 9))
def test_a_covariance_enters_through_its_trace(cov: list[float], g: int) -> None:
    assert_close(gaussian.mean_mse(7, g, cov=cov), sum(cov) * Fraction(g, 7))
    turned = [[2.0, 0.5], [0.5, 1.0]]
    assert_close(
        gaussian.mean_mse(7, g, cov=turned, workflow="accumulate"),
        3 * gaussian.mean_mse(7, g, workflow="accumulate"),
    )
