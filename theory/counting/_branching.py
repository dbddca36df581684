"""The recursion w_1 = 1, w_{k+1} = 1 - exp(-w_k) at any k, without walking there.

There is a function A with A(1 - exp(-w)) = A(w) + 1/2: A(w) = 1/w + (ln w)/6 + a_1 w + a_2 w^2 + …, a
divergent series that is asymptotic at w = 0, with rational coefficients found order by order. After
WALKED steps w is below 2/WALKED, where the first terms give more digits than float64 holds; then one
equation A(w) = A(w_WALKED) + (k - WALKED)/2 leaps to any k.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import factorial
from typing import Any

from theory.numerics import mp

WALKED = 256
ORDER = 14


def survival_exponent(g: int) -> Any:
    """Return w_g to thirty digits, an mpf."""
    ctx = mp()
    if g <= WALKED:
        return _walk()[g - 1]
    target = _abel(_walk()[-1]) + ctx.mpf(g - WALKED) / 2
    w = ctx.mpf(2) / (g + 1)
    for _ in range(8):
        slope = -1 / w**2 + 1 / (6 * w) + sum(j * a * w ** (j - 1) for j, a in enumerate(_numbers(), start=1))
        w -= (_abel(w) - target) / slope
    return w


@cache
def _walk() -> list[Any]:
    ctx = mp()
    values = [ctx.mpf(1)]
    while len(values) < WALKED:
        values.append(-ctx.expm1(-values[-1]))
    return values


def _abel(w: Any) -> Any:
    return 1 / w + mp().log(w) / 6 + sum(a * w**j for j, a in enumerate(_numbers(), start=1))


@cache
def _numbers() -> list[Any]:
    return [mp().mpf(a.numerator) / a.denominator for a in coefficients(ORDER)]


@cache
def coefficients(order: int) -> tuple[Fraction, ...]:
    """Return a_1, …, a_order, from A(w phi) - A(w) = 1/2 with phi = (1 - exp(-w))/w."""
    size = order + 3
    phi = [Fraction((-1) ** i, factorial(i + 1)) for i in range(size)]
    inverse = _inverse(phi)
    # (1/phi - 1)/w + (ln phi)/6, whose constant 1/2 and whose coefficient of w cancel.
    rest = [a + b / 6 for a, b in zip(inverse[1:], _logarithm(phi, inverse), strict=False)]
    found: list[Fraction] = []
    power = [Fraction(1)] + [Fraction(0)] * (size - 1)
    for j in range(1, order + 1):
        power = _times(power, phi)
        # w^j (phi^j - 1) starts at -(j/2) w^(j + 1).
        a = rest[j + 1] * Fraction(2, j)
        found.append(a)
        for i in range(j + 1, len(rest)):
            rest[i] += a * power[i - j]
    return tuple(found)


def _times(left: list[Fraction], right: list[Fraction]) -> list[Fraction]:
    return [sum((left[i] * right[k - i] for i in range(k + 1)), Fraction(0)) for k in range(len(left))]


def _inverse(series: list[Fraction]) -> list[Fraction]:
    found = [1 / series[0]]
    for k in range(1, len(series)):
        found.append(-sum((series[i] * found[k - i] for i in range(1, k + 1)), Fraction(0)) / series[0])
    return found


def _logarithm(series: list[Fraction], inverse: list[Fraction]) -> list[Fraction]:
    """Return ln of a series with constant term 1, as the integral of its logarithmic derivative."""
    slope = _times([k * series[k] for k in range(1, len(series))] + [Fraction(0)], inverse)
    return [Fraction(0)] + [slope[k - 1] / k for k in range(1, len(series))]
