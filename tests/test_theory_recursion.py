"""The leaping recursion against Gamma functions, zeta sums and a walk in forty digits."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from theory.recursion import DEGREE, WALKED, advance


def power(c: float):
    """Return the increments of x(k+1) = x(k) (1 + c/(k+1)), which grows like k^c."""
    return lambda k: (c / (k + 1))[:, None, None]


@given(c=st.floats(-1.9, 6), last=st.integers(1, 2**31))
@example(c=0.5, last=WALKED)
@example(c=0.5, last=WALKED + 1)
@example(c=0.5, last=WALKED + DEGREE)
@example(c=-1.0, last=2 * WALKED)
def test_products_are_gamma_ratios(c: float, last: int) -> None:
    with mpmath.workdps(40):
        x = mpmath.mpf(c)
        expected = mpmath.gammaprod([last + 1 + x], [last + 1, 2 + x])
    assert advance(power(c), np.ones(1), 1, last)[0] == pytest.approx(float(expected), rel=1e-12, abs=1e-300)


@given(first=st.integers(1, 5000), steps=st.integers(0, 5000))
def test_it_starts_anywhere_and_composes(first: int, steps: int) -> None:
    middle = advance(power(0.3), np.ones(1), first, first + steps)
    whole = advance(power(0.3), np.ones(1), first, first + 3 * steps)
    assert advance(power(0.3), middle, first + steps, first + 3 * steps) == pytest.approx(whole, rel=1e-13)


@pytest.mark.parametrize("last", [1, 255, 256, 257, 300, 10**6, 2**31])
def test_sums_are_zeta_sums(last: int) -> None:
    def step(k: np.ndarray) -> np.ndarray:
        matrix = np.zeros((len(k), 2, 2))
        matrix[:, 0, 1] = 1 / (k + 1) ** 2
        return matrix

    expected = float(mpmath.zeta(2) - mpmath.zeta(2, last + 1))
    assert advance(step, np.ones(2), 1, last)[0] == pytest.approx(expected, rel=1e-14)


def test_a_coupled_system_is_the_walk() -> None:
    def matrices(k: np.ndarray) -> np.ndarray:
        rows = [[-0.5 / k, 1 / k, 0 * k], [1 / k**2, -0.2 / k, 1 / k], [0 * k, 0 * k, 0 * k]]
        return np.moveaxis(np.array(rows), 2, 0)

    last = 4000
    with mpmath.workdps(40):
        state = mpmath.matrix([1, 2, 1])
        for k in range(1, last):
            a, b, one = state
            k = mpmath.mpf(k)
            state = mpmath.matrix([a - a / (2 * k) + b / k, b + a / k**2 - b / (5 * k) + one / k, one])
    value = advance(matrices, np.array([1.0, 2.0, 1.0]), 1, last)
    assert value == pytest.approx([float(entry) for entry in state], rel=1e-13)


@pytest.mark.parametrize("c", [20.0, -30.0, 60.0])
def test_steep_powers_take_shorter_leaps(c: float) -> None:
    with mpmath.workdps(40):
        expected = mpmath.gammaprod([20_001 + mpmath.mpf(c)], [20_001, 257 + mpmath.mpf(c)]) * mpmath.gamma(257)
    value = advance(power(c), np.ones(1), 256, 20_000, exponent=c)[0]
    assert value == pytest.approx(float(expected), rel=1e-12)
    # without the hint the polynomial of a whole octave cannot follow
    unaided = advance(power(c), np.ones(1), 256, 20_000)[0]
    assert abs(c) == 20 or unaided != pytest.approx(float(expected), rel=1e-3, abs=0)


def test_an_overflow_comes_back_at_once() -> None:
    assert not np.isfinite(advance(power(1e6), np.ones(1), 1, 2.0**300, exponent=1e6)).any()
