"""Products of growing errors, factor by factor in fractions."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial
from typing import Any

import mpmath
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from groundwork.errors import BadInput
from tests.test_theory_formulas import number
from theory import bounds, quantity

#: Relative alone: approx keeps an absolute 1e-12 beside a relative tolerance, which small values would hide behind.
near = partial(pytest.approx, abs=0.0)
STRENGTH = st.floats(-1, 6).filter(lambda c: c == -1 or c > -1 + 1e-9)


def literal(c: float, n: int, power: int) -> Fraction:
    return math.prod((1 + Fraction(c) / i**power for i in range(1, n + 1)), start=Fraction(1))


@given(c=STRENGTH, n=st.integers(1, 40))
@example(c=-1.0, n=3)
@example(c=0.0, n=3)
@example(c=-0.5, n=1)
@example(c=5.0, n=40)
def test_factor_by_factor(c: float, n: int) -> None:
    product = literal(c, n, 1)
    assert bounds.product(c, n) == near(float(product), rel=1e-12, abs=0)
    assert bounds.square_product(c, n) == near(float(literal(c, n, 2)), rel=1e-12, abs=0)
    lower = 1 + Fraction(c) * sum(Fraction(1, i) for i in range(1, n + 1))
    assert bounds.product_lower(c, n) == near(float(lower), rel=1e-12, abs=1e-14)
    assert product >= lower
    if n > 1 and abs(c) > 1e-3:
        assert bounds.product(c, n) > bounds.product_lower(c, n)


@pytest.mark.parametrize("c", [-0.75, 0.5, 1.0, 2.5])
def test_the_product_grows_like_a_power(c: float) -> None:
    for n in (10**3, 10**6, 2_000_000_000):
        gap = bounds.product(c, n) / bounds.product_asymptotic(c, n) - 1
        assert gap == near(c * (c + 1) / (2 * n), rel=10 / n, abs=1e-14)
    with mpmath.workdps(30):
        logs = mpmath.fsum(mpmath.log1p(mpmath.mpf(c) / i) for i in range(1, 2001))
    assert bounds.product(c, 2000) == near(float(mpmath.exp(logs)), rel=1e-12)


def test_the_lower_bound_is_very_loose() -> None:
    ratios = [bounds.product(1, n) / bounds.product_lower(1, n) for n in (10, 10**3, 10**6)]
    assert ratios == near([11 / (1 + 2.9289682539682538), 1001 / (1 + 7.485470860550345), 1000001 / 15.392726722865724])


@pytest.mark.parametrize("c", [-1.0, -0.5, 0.0, 0.25, 1.0, 9.0])
def test_squares_of_steps_stay_bounded(c: float) -> None:
    limit = bounds.square_product_limit(c)
    assert bounds.square_product(c, 2_000_000_000) == near(limit, rel=1e-8, abs=1e-15)
    if c == 1.0:
        assert limit == near(math.sinh(math.pi) / math.pi, rel=1e-14)
    if c == -0.5:
        assert limit == near(math.sin(math.pi * math.sqrt(0.5)) / (math.pi * math.sqrt(0.5)), rel=1e-14)


@pytest.mark.parametrize(
    ("name", "params", "parameter", "word"),
    [
        ("product", {"c": -1.5, "n": 3}, "c", "negative"),
        ("product_lower", {"c": math.nan, "n": 3}, "c", "finite"),
        ("product", {"c": 1.0, "n": 0}, "n", ">= 1"),
        ("product", {"c": 1.0, "n": [3]}, "n", "integer"),
        ("product", {"c": 400.0, "n": 10**9}, "c", "1.8e308"),
        ("square_product_limit", {"c": 1.0, "n": 3}, "n", "only a parameter"),
    ],
)
def test_refused(name: str, params: dict[str, Any], parameter: str, word: str) -> None:
    with pytest.raises(BadInput) as refusal:
        quantity.find(f"bounds.{name}").evaluate(params)
    assert refusal.value.parameter == parameter
    assert word in str(refusal.value)


@pytest.mark.parametrize("name", [name for name in quantity.names() if name.startswith("bounds.")])
def test_the_formulas_are_the_functions(name: str) -> None:
    entry = quantity.find(name)
    for c in (0.5, 2.0):
        params: dict[str, Any] = {"c": c, "n": 5} if "n" in entry.parameters else {"c": c}
        form = entry.form(params)
        if name == "bounds.square_product_limit":
            assert form.subs(dict.fromkeys(form.free_symbols, c)).evalf() == near(entry.evaluate(params), rel=1e-12)
        else:
            assert entry.evaluate(params) == near(float(number(form, params, {})), rel=1e-12)
