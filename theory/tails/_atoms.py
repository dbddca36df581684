"""Atoms with weights i^-beta: their probabilities, and sums over millions of them of a costly function.

The complement of the first atom is kept beside its probability: at beta = 50 the first atom has all but 1e-15 of
the mass, and 1 - p would be noise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev

from theory.symbols import domain

__all__ = ["ATOMS", "BETA", "log_missing", "probabilities", "sum_smooth"]

#: So many atoms make arrays of 80 MB.
LARGEST = 10**7
ATOMS = domain("N", meaning="number of atoms", high=LARGEST, reason="the sum over atoms is direct")
#: Finitely many atoms need no beta > 1; beta = 0 makes them equally likely.
BETA = domain("beta", low=0, open_low=False)
#: Degree of the interpolant of log f on i in [a, 2a], on which log f is smooth in log i.
DEGREE = 24


def probabilities(N: int, beta: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the probabilities of the atoms and their complements, each to relative precision; shape (N,)."""
    weights = np.arange(1, N + 1, dtype=np.float64) ** -beta
    total = weights.sum()
    p = weights / total
    rest = 1 - p
    rest[0] = weights[1:].sum() / total
    return p, rest


def log_missing(rest: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Return log(1 - p) from the complements, without the rounding of 1 - p where p is small."""
    with np.errstate(divide="ignore"):
        return np.where(p < 0.5, np.log1p(-np.minimum(p, 0.5)), np.log(rest))


def sum_smooth(
    log_f: Callable[[float, float], float], p: np.ndarray, rest: np.ndarray, beta: float, direct: int
) -> Any:
    """Return sum p_i f(p_i) for a function that is costly, given by its logarithm at (p, 1 - p).

    The first ``direct`` atoms are taken one by one. On the atoms between a and 2a, log f is a polynomial in log i
    to the last digit, found from DEGREE + 1 values of f.
    """
    direct = min(direct, len(p))
    total = sum(p[i] * np.exp(log_f(p[i], rest[i])) for i in range(direct))
    start, scale = direct, float(p[0])
    nodes = chebyshev.chebpts1(DEGREE + 1)
    while start < len(p):
        end = min(2 * start, len(p))
        if end - start <= 2 * DEGREE:
            total += sum(p[i] * np.exp(log_f(p[i], rest[i])) for i in range(start, end))
        else:
            low, high = np.log(start + 1), np.log(end)
            at = scale * np.exp(-beta * ((high + low) / 2 + (high - low) / 2 * nodes))
            values = np.array([log_f(each, 1 - each) for each in at])
            fit = chebyshev.chebfit(nodes, values, DEGREE)
            place = (2 * np.log(np.arange(start + 1, end + 1)) - high - low) / (high - low)
            total += (p[start:end] * np.exp(chebyshev.chebval(place, fit))).sum()
        start = end
    return total
