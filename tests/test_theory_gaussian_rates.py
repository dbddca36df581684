"""Logarithms, tails, divergences, determinants and limits of the refitted Gaussian."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, special, stats

from tests import exact
from tests.strategies import parameter, schedules
from theory import gaussian

#: Relative alone: approx keeps an absolute 1e-12 beside a relative tolerance, which small values would hide behind.
near = partial(pytest.approx, abs=0.0)


def log_mean(n: int, c: int = 1) -> Any:
    return (exact.digamma_half(n - 1) - mpmath.log(mpmath.mpf(n - c) / 2)) / 2


@given(sizes=schedules(2, 40), sigma=parameter("sigma", low=0.1))
@example(sizes=[2], sigma=1.0)
def test_logarithms_follow_the_digamma_recurrence(sizes: list[int], sigma: float) -> None:
    g = len(sizes)
    for estimator, c in (("unbiased", 1), ("mle", 0)):
        mean = mpmath.log(sigma) + mpmath.fsum(log_mean(n, c) for n in sizes)
        assert gaussian.log_sd_mean(sizes, g, sigma, estimator) == near(float(mean), rel=1e-12)
        variance = mpmath.fsum(exact.trigamma_half(n - 1) for n in sizes) / 4
        assert gaussian.log_sd_variance(sizes, g, sigma, estimator) == near(float(variance), rel=1e-12)


@settings(max_examples=25)
@given(n=parameter("n", low=2), eps=st.floats(0.05, 3))
@example(n=2, eps=3.0)
@example(n=40, eps=0.05)
def test_the_tail_of_one_fit_is_chi_square(n: int, eps: float) -> None:
    assert gaussian.sd_tail(n, 1, eps) == near(stats.chi2.sf((n - 1) * eps**2, n - 1), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("sizes", [[2, 2], [5, 9], [30, 3]])
@pytest.mark.parametrize("eps", [0.2, 0.9, 2.5])
def test_the_tail_of_two_fits_is_a_convolution(sizes: list[int], eps: float) -> None:
    a, b = (n - 1 for n in sizes)

    def later(u: float) -> float:
        # u = ln of the first chi-square over its degrees of freedom
        return stats.chi2.sf(b * eps**2 / np.exp(u), b) * stats.chi2.pdf(a * np.exp(u), a) * a * np.exp(u)

    expected = integrate.quad(later, -60, 6, epsabs=1e-15, epsrel=1e-11, limit=400, points=[-2, 0, 2])[0]
    assert gaussian.sd_tail(sizes, 2, eps) == near(expected, rel=1e-8)


@settings(max_examples=20)
@given(n=parameter("n", low=2), g=st.integers(1, 50), eps=st.floats(0.1, 2), sigma=parameter("sigma", low=0.2))
def test_the_tail_scales_and_falls_and_stays_under_markov(n: int, g: int, eps: float, sigma: float) -> None:
    tail = gaussian.sd_tail(n, g, eps, sigma)
    assert tail == near(gaussian.sd_tail(n, g, eps / sigma), rel=1e-9)
    assert tail >= gaussian.sd_tail(n, g, 1.1 * eps, sigma)
    assert tail <= gaussian.sd_mean(n, g, sigma) / eps


def test_printed_tails() -> None:
    assert gaussian.sd_tail(30, 500, 0.5) == near(0.00347, abs=5e-6)
    assert gaussian.sd_tail(10, 10**6, 0.5) == 0.0
    assert gaussian.sd_tail(4, 3, 0.5, sigma=0.0) == 0.0


@pytest.mark.parametrize("n", [2, 3, 10, 30, 1000])
def test_the_chernoff_exponent_is_the_minimum(n: int) -> None:
    v = n - 1

    def log_moment(z: float) -> float:
        return z / 2 * np.log(2 / v) + special.gammaln((v + z) / 2) - special.gammaln(v / 2)

    found: Any = optimize.minimize_scalar(log_moment, bounds=(0.0, 2.0), method="bounded", options={"xatol": 1e-10})
    # Log-gammas of size 3000 cancel in the reference, down to 1e-12.
    assert gaussian.chernoff_exponent(n) == near(-found.fun, rel=1e-9, abs=2e-12)
    assert gaussian.chernoff_exponent(n) >= -np.log(gaussian.sd_mean(n, 1)) * (1 - 1e-12)


def kl(n: int, *, forward: bool) -> float:
    """Return the mean divergence of one fit, integrated over the fitted variance."""

    def integrand(x: float) -> float:
        s = x / (n - 1)
        value = (np.log(s) + (1 + 1 / n) / s - 1) / 2 if forward else (-np.log(s) + s + 1 / n - 1) / 2
        return value * stats.chi2.pdf(x, n - 1)

    return integrate.quad(integrand, 0, np.inf, epsabs=1e-13, epsrel=1e-11, limit=400)[0]


@pytest.mark.parametrize("n", [6, 11, 30])
def test_one_fit_has_the_integrated_divergences(n: int) -> None:
    assert gaussian.kl_true_fit(n, 1) == near(kl(n, forward=True), rel=1e-9)
    assert gaussian.kl_fit_true(n, 1) == near(kl(n, forward=False), rel=1e-9)


@given(sizes=schedules(4, 40))
@example(sizes=[4])
def test_divergences_expand_over_generations(sizes: list[int]) -> None:
    g = len(sizes)
    logs = mpmath.fsum(log_mean(n) for n in sizes)
    # E 1/s_g^2 and E (mu_g - mu)^2/s_g^2 generation by generation, by E[1/chi2_v] = 1/(v - 2)
    inverse, ratio = Fraction(1), Fraction(0)
    for n in sizes:
        growth = Fraction(n - 1, n - 3)
        inverse, ratio = inverse * growth, (ratio + Fraction(1, n)) * growth
    drift = sum((Fraction(1, n) for n in sizes), Fraction(0))
    expected = logs + mpmath.mpf(float(inverse + ratio - 1)) / 2
    assert gaussian.kl_true_fit(sizes, g) == near(float(expected), rel=1e-11)
    assert gaussian.kl_fit_true(sizes, g) == near(float(-logs + mpmath.mpf(float(drift)) / 2), rel=1e-11)
    if len(set(sizes)) == 1:
        assert gaussian.kl_true_fit(sizes[0], g) == near(float(expected), rel=1e-11)


def test_printed_divergences() -> None:
    assert [round(gaussian.kl_true_fit(20, g), 2) for g in (1, 20)] == [0.06, 5.55]
    assert round(gaussian.kl_true_fit(20, 60)) == 581


@given(sizes=schedules(2, 9, most=3), d=st.integers(1, 4))
def test_the_determinant_follows_leibniz(sizes: list[int], d: int) -> None:
    expected = Fraction(1)
    for n in sizes:
        expected *= exact.det_mean(n, d)
    assert gaussian.det_mean_ratio(sizes, len(sizes), d) == near(float(expected), rel=1e-12, abs=1e-300)


@given(sizes=schedules(6, 20, most=3), d=st.integers(1, 5))
def test_the_log_determinant_is_bartletts(sizes: list[int], d: int) -> None:
    expected = mpmath.fsum(
        exact.digamma_half(n - i) - mpmath.log(mpmath.mpf(n - 1) / 2) for n in sizes for i in range(1, d + 1)
    )
    assert gaussian.logdet_mean(sizes, len(sizes), d) == near(float(expected), rel=1e-12)


def test_the_log_determinant_in_the_plane_is_an_integral_over_eigenvalues() -> None:
    value = _wishart_plane(7, lambda a, b: np.log(a * b)) - 2 * np.log(6)
    assert gaussian.logdet_mean(7, 1, 2) == near(value, rel=1e-8)


def _wishart_plane(n: int, f) -> float:
    """Return E f(l1, l2) over the eigenvalues of a 2 x 2 Wishart matrix with n - 1 degrees of freedom."""
    v = n - 1

    def density(x: float, y: float) -> float:
        # l1 = x^2 > l2 = x^2 y^2; the Jacobian is 4 x^3 y
        a, b = x * x, x * x * y * y
        return (a * b) ** ((v - 3) / 2) * np.exp(-(a + b) / 2) * (a - b) * 4 * x**3 * y

    def integral(g) -> float:
        return integrate.dblquad(
            lambda y, x: g(x * x, x * x * y * y) * density(x, y), 0, 16, 0, 1, epsabs=1e-13, epsrel=1e-10
        )[0]

    return integral(f) / integral(lambda a, b: 1.0)


@pytest.mark.parametrize("n", [4, 7, 12])
def test_the_plane_fit_is_an_integral_over_eigenvalues(n: int) -> None:
    root = _wishart_plane(n, lambda a, b: np.sqrt(a) + np.sqrt(b)) / np.sqrt(n - 1)
    assert gaussian.w2_mean_plane_one_fit(n) == near(2 / n + 4 - 2 * root, rel=1e-7)
    assert gaussian.w2_mean_plane_one_fit(n, 3.0) == near(9 * gaussian.w2_mean_plane_one_fit(n), rel=1e-12)


def test_the_plane_fit_tends_to_seven_halves() -> None:
    assert 10**7 * gaussian.w2_mean_plane_one_fit(10**7) == near(3.5, rel=1e-5)


@pytest.mark.parametrize(("n1", "power"), [(2, 2.0), (10, 2.0), (3, 3.0), (50, 1.5)])
def test_the_power_limit_is_the_summed_series(n1: int, power: float) -> None:
    last = 1_000_000
    n = n1 * np.arange(1, last + 1.0) ** power
    exact_part = np.log(2 / (n - 1)) / 2 + special.gammaln(n / 2) - special.gammaln((n - 1) / 2)
    # Gamma functions of large arguments leave no digits of a number near 0; there two terms of the series do
    terms = np.where(n < 2000, exact_part, -1 / (4 * n) - 1 / (4 * n**2) - 5 / (24 * n**3))
    tail = -special.zeta(power, last + 1) / (4 * n1)
    expected = special.zeta(power) / n1 - 2 * np.expm1(terms.sum() + tail)
    assert gaussian.w2_mean_power_limit(n1, power) == near(expected, rel=1e-9)


@pytest.mark.parametrize("power", [1.05, 1.5])
def test_the_power_limit_is_approached_by_long_schedules(power: float) -> None:
    sizes = [round(10**5 * j**power) for j in range(1, 401)]
    # what the later generations add, to leading order in 1/n
    tail = 1.5 * special.zeta(power, 401) / 10**5
    value = gaussian.w2_mean(sizes, len(sizes))
    assert gaussian.w2_mean_power_limit(10**5, power) == near(value + tail, rel=1e-4)


@pytest.mark.parametrize("n", [2, 3, 10, 100])
def test_the_resting_constant_is_goldies_integral(n: int) -> None:
    v = n - 1
    entropy = integrate.quad(
        lambda s: special.xlogy(s, s) * stats.chi2.pdf(v * s, v) * v, 0, np.inf, epsabs=1e-13, limit=400
    )[0]
    assert gaussian.resting_tail_constant(n) == near(1 / (n * entropy), rel=1e-7)


def test_the_resting_law_is_student() -> None:
    assert gaussian.resting_w2_median() == near(1 + stats.t.ppf(0.75, 2) ** 2, rel=1e-12)
    absolute = 2 * integrate.quad(lambda t: t * stats.t.pdf(t, 2), 0, np.inf, epsabs=1e-12)[0]
    assert gaussian.resting_mean_abs() == near(absolute, rel=1e-7)


@given(
    sizes=schedules(2, 20, most=5),
    lam=st.fractions(Fraction(1, 8), 1, max_denominator=8),
    sigma=parameter("sigma", low=0.1),
)
@example(sizes=[3, 3], lam=Fraction(1, 8), sigma=1.0)
@example(sizes=[3, 3, 3], lam=Fraction(1), sigma=1.0)
def test_sampling_bias_generation_by_generation(sizes: list[int], lam: Fraction, sigma: float) -> None:
    variance, mean, sd = Fraction(1), Fraction(0), mpmath.mpf(1)
    for k, n in enumerate(sizes):
        drawn = variance * (lam if k else 1)
        mean += drawn / n
        sd *= exact.chi_power(n, 1, 1) * (mpmath.sqrt(float(lam)) if k else 1)
        variance = drawn
    g, bias = len(sizes), float(lam)
    assert gaussian.biased_sampling_variance_mean(sizes, g, bias, sigma) == near(float(variance) * sigma**2, rel=1e-11)
    assert gaussian.biased_sampling_mean_mse(sizes, g, bias, sigma) == near(float(mean) * sigma**2, rel=1e-11)
    w2 = float(mean + variance) + 1 - 2 * float(sd)
    assert gaussian.biased_sampling_w2_mean(sizes, g, bias, sigma) == near(w2 * sigma**2, rel=1e-9)
    if len(set(sizes)) == 1:
        constant = gaussian.biased_sampling_mean_mse(sizes[0], g, bias, sigma)
        assert constant == near(float(mean) * sigma**2, rel=1e-11)


def test_no_bias_is_replace() -> None:
    assert gaussian.biased_sampling_w2_mean(9, 7, 1.0) == near(gaussian.w2_mean(9, 7), rel=1e-13)


@given(
    n_real=st.integers(1, 4),
    n_syn=st.integers(0, 3),
    g=st.integers(0, 3),
    lam=st.sampled_from([Fraction(1, 8), Fraction(1, 2), Fraction(1)]),
    estimator=parameter("estimator"),
)
@example(n_real=1, n_syn=0, g=3, lam=Fraction(1), estimator="mle")
def test_mixed_loops_follow_the_literal_corpus(n_real: int, n_syn: int, g: int, lam: Fraction, estimator: str) -> None:
    c = int(estimator == "unbiased")
    n_real = max(n_real, 1 + c)
    mean, variance = exact.mixed(n_real, n_syn, g, lam, c, fresh=True)
    bias = float(lam)
    assert gaussian.fresh_mean_mse(n_real, n_syn, g, bias, estimator) == near(float(mean), rel=1e-12)
    assert gaussian.fresh_variance_mean(n_real, n_syn, g, bias, estimator) == near(
        float(variance), rel=1e-12, abs=1e-300
    )
    mean, variance = exact.mixed(n_real, n_syn, g, Fraction(1), 0, fresh=False)
    assert gaussian.augmentation_mean_mse(n_real, n_syn, g) == near(float(mean), rel=1e-12)
    assert gaussian.augmentation_variance_mean(n_real, n_syn, g) == near(float(variance), rel=1e-12, abs=1e-300)


@given(n_real=parameter("n_real", low=2), n_syn=parameter("n_syn"), lam=parameter("lam"))
def test_the_fresh_loop_reaches_its_limit(n_real: int, n_syn: int, lam: float) -> None:
    limit = gaussian.fresh_variance_limit(n_real, n_syn, lam)
    assert gaussian.fresh_variance_mean(n_real, n_syn, 10**6, lam, "mle") == near(limit, rel=1e-10)
    if lam == 1:
        q = n_real + 2 * n_syn
        assert limit == near(n_real * (q - 1) / (n_real * q + n_syn), rel=1e-12)


@given(n_real=parameter("n_real"), n_syn=parameter("n_syn"))
def test_the_effective_sample_solves_the_stationary_mean(n_real: int, n_syn: int) -> None:
    size = n_real + n_syn
    # m = n_real/N^2 + (n_syn/N)^2 (m + 1/n_syn), solved in fractions
    m = (Fraction(n_real, size**2) + Fraction(n_syn, size**2)) / (1 - Fraction(n_syn, size) ** 2)
    assert gaussian.fresh_effective_sample(n_real, n_syn) == near(float(1 / m), rel=1e-13)
