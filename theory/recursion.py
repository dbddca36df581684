"""Linear recursions over billions of generations, at the cost of a few dozen small linear solves.

Every workflow that keeps old data has moments that follow x(k+1) = x(k) + D(k) x(k) with a matrix D that
is smooth in k and of order 1/k. The first steps are walked one by one. After that x is smooth on the
scale of k itself, so that on [A, 2A] it is a polynomial to the last digit: collocation finds the
polynomial from the recursion, and one solve leaps from A to 2A.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.polynomial import chebyshev

__all__ = ["advance"]

#: Steps walked one by one; beyond, x varies on a scale of at least this many steps.
WALKED = 256
#: Degree of the polynomial on a block; the nearest singularity (k near 0) makes its error about 5.8^-DEGREE.
DEGREE = 24

Increments = Callable[[np.ndarray], np.ndarray]


def advance(
    increments: Increments, state: np.ndarray, first: float, last: float, *, exponent: float = 2.0
) -> np.ndarray:
    """Return the state at index ``last`` of x(k+1) = x(k) + D(k) x(k), given x(first); shape (r,).

    ``increments`` maps an array of indices k, shape (m,), to the matrices D(k), shape (m, r, r). They must be
    given directly, not as a difference of two numbers near 1: at k = 10^9 nothing would be left of it.
    ``last`` may be as large as 2^300, which serves as a limit. ``exponent`` says how fast x may grow or
    decay, like k^exponent: beyond 8 the leaps get shorter. A state that overflows comes back as it is.
    Relative error about 1e-13.

    >>> step = lambda k: (1 / k)[:, None, None]
    >>> float(advance(step, np.ones(1), 1, 2_000_000_000)[0])
    2000000000.0
    """
    stretch = 2.0 if abs(exponent) <= 8 else 1 + 8 / abs(exponent)
    with np.errstate(over="ignore", invalid="ignore"):
        walked = min(last, max(first, WALKED))
        state = _walk(increments, np.asarray(state, dtype=np.float64), first, walked)
        while walked < last and np.isfinite(state).all():
            end = min(max(math.ceil(stretch * walked), walked + 1), last)
            leap = _walk if end - walked < DEGREE else _leap
            state = leap(increments, state, walked, end)
            walked = end
    return state


def _walk(increments: Increments, state: np.ndarray, first: float, last: float) -> np.ndarray:
    for matrix in increments(np.arange(first, last, dtype=np.float64)) if last > first else ():
        state = state + matrix @ state
    return state


def _leap(increments: Increments, state: np.ndarray, first: float, last: float) -> np.ndarray:
    """Solve length * (x(s + 1/length) - x(s)) = length * D x(s) at nodes s in (0, 1), with x(0) given."""
    length = float(last - first)
    nodes, values, derivatives, start, end = _basis()
    shift = sum(
        (derivative * (1 / length) ** (order - 1) for order, derivative in enumerate(derivatives, start=1)),
        start=np.zeros_like(values),
    )
    matrices = length * increments(first + length * nodes)
    r, m = len(state), len(nodes)
    equations = np.zeros((m + 1, r, m + 1, r))
    equations[:m] -= matrices[:, :, None, :] * values[:, None, :, None]
    for component in range(r):
        equations[:m, component, :, component] += shift
        equations[m, component, :, component] = start
    right = np.zeros((m + 1, r))
    right[m] = state
    size = (m + 1) * r
    coefficients = np.linalg.solve(equations.reshape(size, size), right.reshape(size)).reshape(m + 1, r)
    return end @ coefficients


@cache
def _basis() -> tuple[np.ndarray, np.ndarray, list[np.ndarray], np.ndarray, np.ndarray]:
    """Return nodes in (0, 1), the Chebyshev basis there, its derivatives over i!, and its two end rows."""
    roots = chebyshev.chebpts1(DEGREE)
    identity = np.eye(DEGREE + 1)
    derivatives, factorial = [], 1.0
    for order in range(1, DEGREE + 1):
        factorial *= order
        rows = chebyshev.chebval(roots, chebyshev.chebder(identity, order, scl=2)).T
        derivatives.append(rows / factorial)
    start, end = chebyshev.chebvander(np.array([-1.0, 1.0]), DEGREE)
    return (roots + 1) / 2, chebyshev.chebvander(roots, DEGREE), derivatives, start, end
