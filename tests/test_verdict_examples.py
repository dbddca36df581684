"""Three processes with known answers on which the engine is calibrated, and the proof that they are known.

A  light tail: squared Wasserstein distance of the Gaussian refit, n = 20, g = 5
B  heavy tail: variance of the Gaussian refit, n = 50, g = 250, with the closed-form tilt
C  a probability: fixation of a two-type Wright-Fisher chain, M = 40, start 4, by generation 60
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath
import numpy as np
import pytest
from scipy import integrate, special, stats

from paper_checks._enumerate import binomial_law, law_after

UNIT = 256


def seed_from(name: str) -> int:
    """Return a seed that nobody chose: the start of the SHA-256 of a name."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:15], 16)


class UnitSampler:
    """A draw whose unit u of 256 paths is a function of (seed, u) alone, so each path one of its id."""

    def __init__(self, seed: int, unit: Callable[[np.random.Generator], np.ndarray]) -> None:
        self.seed, self.unit, self.drawn = seed, unit, 0

    def __call__(self, ids: np.ndarray) -> np.ndarray:
        self.drawn += len(ids)
        units, place = np.unique(ids // UNIT, return_inverse=True)
        rows = [self.unit(np.random.Generator(np.random.Philox(key=self.seed, counter=int(u) << 64))) for u in units]
        return np.stack(rows)[place, ids % UNIT]


# Example A.

A_N, A_G = 20, 5


def a_unit(random: np.random.Generator) -> np.ndarray:
    """Draw mu_g^2 + (sigma_g - 1)^2: steps of the variance are chi-square, the mean is normal given them."""
    k = A_N - 1
    ratios = random.chisquare(k, size=(A_G, UNIT)) / k
    variances = np.cumprod(ratios, axis=0)
    before = np.vstack([np.ones(UNIT), variances[:-1]]).sum(axis=0)
    mean = random.standard_normal(UNIT) * np.sqrt(before / A_N)
    return mean**2 + (np.sqrt(variances[-1]) - 1) ** 2


def chi_moment(p: int, k: int) -> float:
    """Return c_p = E (chi2_k / k)^(p/2)."""
    return math.exp(p / 2 * math.log(2 / k) + special.gammaln((k + p) / 2) - special.gammaln(k / 2))


def a_moments(n: int, g: int) -> tuple[float, float]:
    """Return mean and variance of the squared distance."""
    k = n - 1
    c = {p: chi_moment(p, k) for p in range(1, 7)} | {0: 1.0}
    mean = g / n + 2 * (1 - c[1] ** g)
    a2 = sum(c[4] ** i * (1 + 2 * (g - 1 - i)) for i in range(g))
    b = {p: sum(c[p + 2] ** i * c[p] ** (g - i) for i in range(g)) for p in range(3)}
    square = 3 * a2 / n**2 + 2 / n * (b[2] - 2 * b[1] + b[0])
    square += c[4] ** g - 4 * c[3] ** g + 6 * c[2] ** g - 4 * c[1] ** g + 1
    return mean, square - mean**2


def a_mean_in_digits(n: int, g: int) -> Any:
    """Return g/n + 2(1 - c4(n)^g) at the working precision."""
    k = mpmath.mpf(n - 1)
    c4 = mpmath.sqrt(2 / k) * mpmath.gammaprod([(k + 1) / 2], [k / 2])
    return mpmath.mpf(g) / n + 2 * (1 - c4**g)


A_MEAN, A_VARIANCE = a_moments(A_N, A_G)

# Example B.

B_N, B_G = 50, 250
B_K = B_N - 1
B_TILT = (B_K + 2) / B_K


def b_unit(random: np.random.Generator) -> np.ndarray:
    """Draw sigma_g^2 with the noise tilted by c = (k+2)/k and weighted back: the mean stays 1 exactly."""
    s = B_TILT * random.chisquare(B_K, size=(B_G, UNIT))
    logs = B_K / 2 * math.log(B_TILT) - (1 - 1 / B_TILT) * s / 2 + np.log(s / B_K)
    return np.exp(logs.sum(axis=0))


def b_plain_unit(random: np.random.Generator) -> np.ndarray:
    """Draw sigma_g^2 as the process does."""
    return np.exp(np.log(random.chisquare(B_K, size=(B_G, UNIT)) / B_K).sum(axis=0))


def tilted_step(k: int, c: float) -> float:
    """Return the second moment of one weighted step under the tilt c."""
    return c ** (k / 2) * (k + 2) / k * ((2 * c - 1) / c) ** -(k / 2 + 2)


B_VARIANCE = tilted_step(B_K, B_TILT) ** B_G - 1
B_PLAIN_VARIANCE = (1 + 2 / B_K) ** B_G - 1

# Example C.

C_M, C_START, C_G = 40, 4, 60


@lru_cache(maxsize=8)
def c_probability(m: int = C_M, start: int = C_START, g: int = C_G) -> Fraction:
    """Return P(fixed by generation g), an exact rational."""
    return law_after({start: Fraction(1)}, lambda i: binomial_law(m, Fraction(i, m)), g)[m]


C_VALUE = 0.046414626142


def c_unit(random: np.random.Generator) -> np.ndarray:
    """Draw whether the chain is fixed by generation g, by running it."""
    state = np.full(UNIT, C_START)
    for _ in range(C_G):
        state = random.binomial(C_M, state / C_M)
    return (state == C_M) * 1.0


# What is known of them.


def test_the_mean_of_a_is_the_closed_form_and_its_expansion() -> None:
    assert pytest.approx(0.37728738, abs=5e-9) == A_MEAN
    n = 10**6
    with mpmath.workdps(50):
        rest = a_mean_in_digits(n, A_G) - mpmath.mpf(3) / 2 * A_G / n
        assert float(rest * n**2) == pytest.approx(A_G / 2 - A_G**2 / 16, rel=1e-4)


def test_the_moments_of_a_are_those_of_a_numerical_integral_at_one_generation() -> None:
    n, k = 6, 5
    scaled = lambda s: stats.chi2.pdf(k * s**2, k) * 2 * k * s  # noqa: E731
    spread = [integrate.quad(lambda s, p=p: (s - 1) ** p * scaled(s), 0, 12, epsabs=1e-13)[0] for p in (2, 4)]
    mean = 1 / n + spread[0]
    variance = 3 / n**2 + 2 / n * spread[0] + spread[1] - mean**2
    assert a_moments(n, 1) == pytest.approx((mean, variance), rel=1e-9)


def test_the_variance_of_a_is_the_printed_one() -> None:
    assert pytest.approx(0.210819, abs=5e-7) == A_VARIANCE


def test_the_tilt_has_the_second_moment_of_a_numerical_integral() -> None:
    k, c = B_K, B_TILT

    def weighted_square(s: float) -> float:
        weight = c ** (k / 2) * math.exp(-(1 - 1 / c) * s / 2)
        return (weight * s / k) ** 2 * stats.chi2.pdf(s / c, k) / c

    found = integrate.quad(weighted_square, 0, 400, epsabs=0, epsrel=1e-12, limit=400)[0]
    assert tilted_step(k, c) == pytest.approx(found, rel=1e-10)


def test_the_tilt_is_the_best_one_and_its_variance_the_printed_one() -> None:
    here = tilted_step(B_K, B_TILT)
    assert all(tilted_step(B_K, B_TILT + step) > here for step in (-1e-4, 1e-4))
    assert pytest.approx(0.21519, abs=5e-6) == B_VARIANCE
    assert pytest.approx(22_055, rel=1e-4) == B_PLAIN_VARIANCE


def test_the_probability_of_c_is_rational_and_far_from_its_limit() -> None:
    exact = c_probability()
    assert float(exact) == pytest.approx(C_VALUE, abs=5e-13)
    assert exact.denominator.bit_length() > 9000
    assert Fraction(C_START, C_M) / exact > 2


def test_the_fixation_probability_satisfies_the_backward_equation() -> None:
    step = binomial_law(C_M, Fraction(C_START, C_M))
    later = sum(w * c_probability(C_M, i, 9) for i, w in step.items() if 0 < i < C_M)
    assert c_probability(C_M, C_START, 10) == later + step[C_M]


def test_the_probability_of_c_agrees_with_floating_point_powers() -> None:
    rows = np.array([[stats.binom.pmf(j, C_M, i / C_M) for j in range(C_M + 1)] for i in range(C_M + 1)])
    assert np.linalg.matrix_power(rows, C_G)[C_START, C_M] == pytest.approx(float(c_probability()), rel=1e-11)


def test_a_unit_sampler_is_a_function_of_the_id() -> None:
    draw = UnitSampler(0, a_unit)
    ids = np.arange(1024)
    order = np.random.default_rng(0).permutation(1024)
    np.testing.assert_array_equal(draw(ids)[order], draw(ids[order]))


def test_fifty_digits_agree_with_the_float_moments() -> None:
    with mpmath.workdps(50):
        assert float(a_mean_in_digits(A_N, A_G)) == pytest.approx(A_MEAN, rel=1e-13)
