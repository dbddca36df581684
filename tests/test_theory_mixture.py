"""The labelled mixture against chi recurrences and against the literal covariances of its draws."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import example, given
from hypothesis import strategies as st

from groundwork.errors import BadInput
from tests import exact
from tests.strategies import parameter
from theory import gaussian, mixture, quantity

#: Relative: approx alone adds an absolute 1e-12, at which a small number equals any other.
near = partial(pytest.approx, abs=0.0)


@given(K=st.integers(1, 8), m=st.integers(2, 9), g=st.integers(1, 30), sigma=parameter("sigma", low=0.1))
@example(K=1, m=2, g=1, sigma=1.0)
def test_the_pooled_spread_follows_the_chi_recurrence(K: int, m: int, g: int, sigma: float) -> None:
    with mpmath.workdps(40):
        expected = exact.chi_power(K * (m - 1) + 1, 1, 1) ** g * sigma
    assert mixture.labelled_sd_mean(K, m, g, sigma) == near(float(expected), rel=1e-13)


@given(K=st.integers(1, 3), m=st.integers(2, 3), g=st.integers(1, 3))
def test_the_means_follow_the_literal_draws(K: int, m: int, g: int) -> None:
    # covariances of all K m draws about their true means; components share nothing but the variance
    total, mean, variance = K * m, [Fraction(0)] * K, Fraction(1)
    for _ in range(g):
        cov = [
            [(mean[i // m] if i // m == j // m else Fraction(0)) + (variance if i == j else 0) for j in range(total)]
            for i in range(total)
        ]
        residual = Fraction(0)
        for c in range(K):
            block = [row[c * m : (c + 1) * m] for row in cov[c * m : (c + 1) * m]]
            mean[c] = exact.average([entry for row in block for entry in row])
            residual += sum(block[i][i] for i in range(m)) - m * mean[c]
        variance = residual / (K * (m - 1))
    assert variance == 1
    assert mixture.labelled_mean_mse(K, m, g, 1.5) == near(float(sum(mean)) * 2.25, rel=1e-14)


@given(m=st.integers(2, 40), g=st.integers(1, 40))
def test_one_component_is_the_gaussian(m: int, g: int) -> None:
    assert mixture.labelled_sd_mean(1, m, g) == near(gaussian.sd_mean(m, g), rel=1e-14)
    assert mixture.labelled_mean_mse(1, m, g) == near(gaussian.mean_mse(m, g), rel=1e-14)


def test_large_counts_and_late_generations() -> None:
    huge = 2**31 - 1
    # ln c = -1/(4 v) - …
    assert math.log(mixture.labelled_sd_mean(1000, 1001, 10**6)) == near(-0.25, rel=1e-12, abs=1e-12)
    assert 1 - mixture.labelled_sd_mean(huge, huge, huge) == near(1 / (4 * huge), rel=1e-6)
    assert mixture.labelled_sd_mean(1, 2, huge) == 0
    assert mixture.labelled_sd_mean(2, 3, 2, 0.0) == 0
    assert mixture.labelled_mean_mse(huge, huge, huge) == near(huge, rel=1e-15)


@pytest.mark.parametrize("name", ["labelled_sd_mean", "labelled_mean_mse"])
def test_the_formula_is_the_function(name: str) -> None:
    entry = quantity.find(f"mixture.{name}")
    params = {"K": 3, "m": 4, "g": 2, "sigma": 1.5}
    form = entry.formula()
    values: dict[Any, Any] = {s: sympy.Rational(params[s.name]) for s in form.free_symbols}
    assert entry.evaluate(params) == near(float(form.subs(values)), rel=1e-13)


@pytest.mark.parametrize("name", ["labelled_sd_mean", "labelled_mean_mse"])
@pytest.mark.parametrize(
    ("change", "parameter_", "word"),
    [
        ({"m": 1}, "m", "degrees of freedom"),
        ({"K": 0}, "K", ">= 1"),
        ({"K": 2.0}, "K", "integer"),
        ({"m": [2, 3]}, "m", "integer"),
        ({"g": 0}, "g", ">= 1"),
        ({"sigma": -1.0}, "sigma", ">= 0"),
        ({"sigma": math.inf}, "sigma", "finite"),
        ({"n": 3}, "n", "only a parameter"),
    ],
)
def test_bad_input_is_refused(name: str, change: dict[str, Any], parameter_: str, word: str) -> None:
    with pytest.raises(BadInput) as refusal:
        quantity.find(f"mixture.{name}").evaluate({"K": 2, "m": 3, "g": 2} | change)
    assert refusal.value.parameter == parameter_
    assert word in str(refusal.value)
