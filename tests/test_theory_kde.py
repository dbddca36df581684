"""Kernel estimates against every tuple of parents enumerated, Stirling numbers in fractions and quadrature."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache, partial
from itertools import product
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import integrate

from groundwork.errors import BadInput
from theory import kde, quantity
from theory.kde import _depth

#: Relative: approx alone adds an absolute 1e-12, at which a small number equals any other.
near = partial(pytest.approx, abs=0.0)


def spread(cov: list[list[Fraction]]) -> tuple[Fraction, Fraction]:
    """Return the mean square and the mean unbiased variance of points with these second moments."""
    size = len(cov)
    square = sum((cov[i][i] for i in range(size)), Fraction(0)) / size
    mean = sum((entry for row in cov for entry in row), Fraction(0)) / size**2
    return square, (square - mean) * Fraction(size, size - 1) if size > 1 else Fraction(0)


@cache
def enumerated(n: int, g: int, width: Fraction, workflow: str) -> tuple[Fraction, Fraction]:
    """Return E mean square and E unbiased variance over all parents of all draws, sigma = 1.

    Given the parents, a draw is its parent plus independent noise of variance ``width``.
    """
    cov = [[Fraction(int(i == j)) for j in range(n)] for i in range(n)]
    worlds = [(Fraction(1), cov)]
    for _ in range(g):
        later = []
        for weight, now in worlds:
            choices = list(product(range(len(now)), repeat=n))
            for parents in choices:
                chosen = parents if workflow == "replace" else (*range(len(now)), *parents)
                new = [[now[a][b] for b in chosen] for a in chosen]
                for i in range(len(chosen) - n, len(chosen)):
                    new[i][i] += width
                later.append((weight / len(choices), new))
        worlds = later
    found = [(weight, *spread(now)) for weight, now in worlds]
    return sum(w * q for w, q, _ in found), sum(w * u for w, _, u in found)  # type: ignore[return-value]


@pytest.mark.parametrize(("n", "g"), [(1, 0), (1, 2), (2, 0), (2, 1), (2, 3), (3, 1), (3, 2)])
@pytest.mark.parametrize("h", [0.5, 2.0])
def test_replace_over_all_parents(n: int, g: int, h: float) -> None:
    square, within = enumerated(n, g, Fraction(h) ** 2, "replace")
    assert kde.replace_marginal_variance(n, h, g) == near(float(square), rel=1e-14)
    assert kde.replace_marginal_variance(n, 2 * h, g, 2.0) == near(4 * float(square), rel=1e-14)
    if n > 1:
        assert kde.replace_within_variance(n, h, g) == near(float(within), rel=1e-14)
        assert kde.replace_within_variance(n, 2 * h, g, 2.0) == near(4 * float(within), rel=1e-14)


@pytest.mark.parametrize(("n", "g"), [(1, 1), (1, 2), (1, 5), (2, 1), (2, 2), (2, 3), (3, 2)])
@pytest.mark.parametrize("h", [0.5, 2.0])
def test_accumulate_over_all_parents(n: int, g: int, h: float) -> None:
    square, within = enumerated(n, g - 1, Fraction(h) ** 2, "accumulate")
    assert kde.accumulate_mean_square(n, h, g) == near(float(square), rel=1e-14)
    assert kde.accumulate_mean_square(n, 2 * h, g, 2.0) == near(4 * float(square), rel=1e-14)
    if n * g > 1:
        assert kde.accumulate_within_variance(n, h, g) == near(float(within), rel=1e-13)
        assert kde.accumulate_within_variance(n, 2 * h, g, 2.0) == near(4 * float(within), rel=1e-13)


def pooled(n: int, g: int, width: Fraction) -> Fraction:
    """Return the pooled variance from the mean square and the mean product of two points, step by step."""
    square, pair, pool = Fraction(1), Fraction(0), n
    for k in range(2, g + 1):
        shared = (square + (pool - 1) * pair) / pool
        old, new = pool * (pool - 1), (pool + n) * (pool + n - 1)
        square, pair = square + width / k, (old * pair + (new - old) * shared) / new
        pool += n
    return square - pair


@given(n=st.integers(1, 60), g=st.integers(2, 60), h=st.floats(0.01, 4))
def test_the_pooled_variance_by_its_two_moments(n: int, g: int, h: float) -> None:
    expected = pooled(n, g, Fraction(h) ** 2)
    assert kde.accumulate_within_variance(n, h, g) == near(float(expected), rel=1e-12)


def test_far_out() -> None:
    late = 2**31 - 1
    assert kde.replace_within_variance(30, 0.5, late, 3.0) == near(30 * 0.25, rel=1e-15)
    assert kde.replace_within_variance(late, 1.0, 5, 1.0) == near(6 - 15 / late, rel=1e-15)
    assert kde.accumulate_mean_square(3, 0.5, late) == near(1 + 0.25 * (math.log(late) + np.euler_gamma - 1), rel=1e-9)
    # the centre of the pool comes to rest, so late steps add the same to both
    far, near_ = 2 * 10**9, 10**9
    grown = kde.accumulate_within_variance(7, 0.5, far) - kde.accumulate_within_variance(7, 0.5, near_)
    assert grown == near(0.25 * math.log(2), rel=1e-6)


@cache
def stirling(g: int) -> list[Fraction]:
    """Return c(g, j + 1)/g! for j < g, by c(k + 1, j) = k c(k, j) + c(k, j - 1)."""
    row = [0, 1]
    for k in range(1, g):
        row = [k * a + b for a, b in zip([*row, 0], [0, *row], strict=True)]
    return [Fraction(entry, math.factorial(g)) for entry in row[1:]]


@settings(max_examples=40)
@given(
    g=st.sampled_from([1, 2, 3, 10, 128, 129, 130, 160, 300]),
    h=st.sampled_from([0.01, 0.3, 1.0, 3.0]),
    x=st.floats(-40, 40),
    sigma=st.sampled_from([0.0, 0.5, 1.0]),
)
@example(g=300, h=1.0, x=100.0, sigma=1.0)
@example(g=130, h=1.0, x=100.0, sigma=1.0)
@example(g=20, h=1.0, x=100.0, sigma=0.0)
@example(g=10, h=0.01, x=0.0, sigma=0.0)
def test_the_density_by_stirling_numbers(g: int, h: float, x: float, sigma: float) -> None:
    with mpmath.workdps(30):
        expected = mpmath.fsum(
            mpmath.mpf(chance.numerator)
            / chance.denominator
            * mpmath.npdf(x, 0, mpmath.sqrt(mpmath.mpf(sigma) ** 2 + (j + 1) * mpmath.mpf(h) ** 2))
            for j, chance in enumerate(stirling(g))
        )
    value = kde.accumulate_density(5, h, g, x, sigma)
    assert value == near(float(expected), rel=1e-13, abs=1e-300)
    assert kde.accumulate_density(9, h, g, -x, sigma) == value


@pytest.mark.parametrize("g", [200, 5000, 10**6, 2**31 - 1])
def test_the_law_of_the_depth_by_its_generating_function(g: int) -> None:
    law = _depth.Depth(g)
    with mpmath.workdps(40):
        chances = [law.chance(j) for j in range(150)]
        assert abs(chances[0] * g - 1) < 1e-40
        # prod (1 + (z - 1)/k) at z = 1, 2, 3
        assert abs(mpmath.fsum(chances) - 1) < 1e-25
        assert abs(mpmath.fsum(p * 2**j for j, p in enumerate(chances)) / mpmath.mpf(g + 1) * 2 - 1) < 1e-20
        cubes = mpmath.fsum(p * 3**j for j, p in enumerate(chances))
        assert abs(cubes / (mpmath.mpf(g + 1) * (g + 2)) * 6 - 1) < 1e-15
        mean = mpmath.fsum(p * j for j, p in enumerate(chances))
        assert abs(mean - (mpmath.harmonic(g) - 1)) < 1e-20
    assert law.chance(g) == 0


def test_the_density_integrates_to_one_with_its_variance() -> None:
    x = np.linspace(-40, 40, 161)
    density = np.array([kde.accumulate_density(3, 1.0, 50, point) for point in x])
    assert density.sum() * (x[1] - x[0]) == near(1, rel=1e-11)
    square = kde.accumulate_mean_square(3, 1.0, 50) + 1.0
    assert (density * x**2).sum() * (x[1] - x[0]) == near(square, rel=1e-11)


def test_the_bound_on_the_likelihood() -> None:
    printed = {1: 1.4207, 10: 1.4315, 100: 1.4509, 1000: 1.4742, 10**4: 1.4991, 10**5: 1.5246}
    for g, value in printed.items():
        assert round(kde.accumulate_nll_lower(5, 0.3, g), 4) == value
    for h, sigma in ((0.3, 1.0), (2.0, 0.5), (0.01, 3.0)):
        variance = sigma**2 + h**2
        alone = math.log(2 * math.pi * variance) / 2 + sigma**2 / (2 * variance)
        assert kde.accumulate_nll_lower(5, h, 1, sigma) == near(alone, rel=1e-13)

    def integrand(x: float) -> float:
        return -math.log(kde.accumulate_density(5, 0.7, 6, x)) * math.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)

    assert kde.accumulate_nll_lower(5, 0.7, 6) == near(2 * integrate.quad(integrand, 0, 10, epsabs=1e-13)[0], rel=1e-11)
    grown = [kde.accumulate_nll_lower(5, 3.0, g, 0.1) for g in (10**3, 2**31 - 1)]
    low, high = (math.log(9 * math.log(g)) / 2 for g in (10**3, 2**31 - 1))
    assert 0.8 < (grown[1] - grown[0]) / (high - low) < 1.2


@pytest.mark.parametrize("name", ["replace_within_variance", "replace_marginal_variance", "accumulate_mean_square"])
def test_the_formula_is_the_function(name: str) -> None:
    entry = quantity.find(f"kde.{name}")
    params = {"n": 3, "h": 0.5, "g": 4, "sigma": 1.5}
    form = entry.formula()
    values: dict[Any, Any] = {s: sympy.Rational(params[s.name]) for s in form.free_symbols}
    assert entry.evaluate(params) == near(float(form.subs(values).doit()), rel=1e-13)


def test_the_other_formulas_are_latex() -> None:
    for name in ("accumulate_density", "accumulate_within_variance", "accumulate_nll_lower"):
        form = quantity.find(f"kde.{name}").formula()
        assert isinstance(form, str)
        assert form.count("{") == form.count("}")


GOOD = {"n": 3, "h": 0.5, "g": 2}


@pytest.mark.parametrize("name", [name for name in quantity.names() if name.startswith("kde.")])
@pytest.mark.parametrize(
    ("change", "parameter", "word"),
    [
        ({"h": 0.0}, "h", "> 0"),
        ({"h": -1.0}, "h", "> 0"),
        ({"h": math.nan}, "h", "finite"),
        ({"n": 0}, "n", ">= 1"),
        ({"n": [3, 3]}, "n", "integer"),
        ({"g": -1}, "g", ">="),
        ({"g": 2**31}, "g", "2^31"),
        ({"sigma": -0.5}, "sigma", ">"),
    ],
)
def test_bad_input_is_refused(name: str, change: dict[str, Any], parameter: str, word: str) -> None:
    extra = {"x": 0.0} if name.endswith("density") else {}
    with pytest.raises(BadInput) as refusal:
        quantity.find(name).evaluate(GOOD | extra | change)
    assert refusal.value.parameter == parameter
    assert word in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "params", "parameter", "word"),
    [
        ("replace_within_variance", {"n": 1, "h": 0.5, "g": 2}, "n", "not defined"),
        ("accumulate_within_variance", {"n": 1, "h": 0.5, "g": 1}, "n", "not defined"),
        ("accumulate_mean_square", {"n": 1, "h": 0.5, "g": 0}, "g", ">= 1"),
        ("accumulate_density", {"n": 3, "h": 0.5, "g": 2, "x": math.inf}, "x", "finite"),
        ("accumulate_density", {"n": 3, "h": 0.5, "g": 2}, "x", "needs it"),
        ("accumulate_nll_lower", {"n": 3, "h": 0.5, "g": 2, "sigma": 0.0}, "sigma", "> 0"),
    ],
)
def test_what_has_no_value_is_refused(name: str, params: dict[str, Any], parameter: str, word: str) -> None:
    with pytest.raises(BadInput) as refusal:
        quantity.find(f"kde.{name}").evaluate(params)
    assert refusal.value.parameter == parameter
    assert word in str(refusal.value)
