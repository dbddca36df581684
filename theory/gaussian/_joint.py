"""Joint moments of the sd and of the clock of the mean, when every generation replaces the data.

P = sd_g/sigma and V = sum_{i<g} P_i^2/n_{i+1}: given the path of sds the mean is N(mu, sigma^2 V). One
fit maps (P, V) to (P sqrt(S), V + P^2/n) with S independent, so nine moments follow a linear recursion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from theory.gaussian._fit import power_mean
from theory.numerics import mp, per_generation


@dataclass(frozen=True)
class Joint:
    """E of P, P^2, P^3, P^4, V, V P, V P^2, V^2 and of 1, at sigma = 1."""

    one: Any
    p1: Any
    p2: Any
    p3: Any
    p4: Any
    clock: Any
    clock_p1: Any
    clock_p2: Any
    clock_square: Any


_SIZE = len(fields(Joint))


def _fit(moments: tuple[Any, ...], n: int, estimator: str) -> tuple[Any, ...]:
    one, p1, p2, p3, p4, clock, clock_p1, clock_p2, clock_square = moments
    s1, s2, s3, s4 = (power_mean(n, power, estimator) for power in (1, 2, 3, 4))
    return (
        one,
        s1 * p1,
        s2 * p2,
        s3 * p3,
        s4 * p4,
        clock + p2 / n,
        s1 * (clock_p1 + p3 / n),
        s2 * (clock_p2 + p4 / n),
        clock_square + 2 * clock_p2 / n + p4 / n**2,
    )


def replace_moments(n: int | Sequence[int], g: int, estimator: str) -> Joint:
    """Return the joint moments after g fits; a constant n costs about log2(g) matrix squarings."""
    ctx = mp()
    zero, one = ctx.mpf(0), ctx.mpf(1)
    start = (one, one, one, one, one, zero, zero, zero, zero)
    if isinstance(n, int):
        units = [tuple(one if i == j else zero for i in range(_SIZE)) for j in range(_SIZE)]
        columns = [_fit(unit, n, estimator) for unit in units]
        step = ctx.matrix([[columns[j][i] for j in range(_SIZE)] for i in range(_SIZE)])
        return Joint(*(step**g * ctx.matrix(start)))
    moments: tuple[Any, ...] = start
    for size in per_generation(n, g):
        moments = _fit(moments, size, estimator)
    return Joint(*moments)
