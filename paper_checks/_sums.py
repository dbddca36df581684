"""Totals that do not depend on block size or order: unit sums, added without rounding.

Floating addition is not associative, so a running total depends on how the paths were cut into blocks.
Here the sum of each unit of 256 consecutive paths is one float, computed the same way always, and the
units are added exactly: the total is the correctly rounded sum of the units.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import chain

import numpy as np

from groundwork.errors import BadInput
from paper_checks._looks import UNIT

__all__ = ["ExactSum", "unit_sums"]

#: Terms kept before they are folded into a few that carry the same exact sum; memory stays flat.
_MOST_TERMS = 4096


def unit_sums(values: np.ndarray) -> np.ndarray:
    """Return the sums of consecutive units of 256 values, shape (len(values) / 256,).

    >>> unit_sums(np.ones(512))
    array([256., 256.])
    """
    if values.ndim != 1 or values.size % UNIT:
        raise BadInput("values", values.shape, f"a vector whose length is a multiple of {UNIT}")
    return np.ascontiguousarray(values).reshape(-1, UNIT).sum(axis=1)


class ExactSum:
    """A sum of floats kept without rounding error, in memory that does not grow.

    >>> total = ExactSum()
    >>> total.add([1e100, 1.0, -1e100])
    >>> total.value
    1.0
    """

    __slots__ = ("_terms",)

    def __init__(self) -> None:
        self._terms: list[float] = []

    def add(self, values: Iterable[float]) -> None:
        """Add finite floats to the sum."""
        self._terms.extend(map(float, values))
        if len(self._terms) > _MOST_TERMS:
            self._terms = _expansion(self._terms)

    @property
    def value(self) -> float:
        """The sum, rounded once."""
        return math.fsum(self._terms)


def _expansion(terms: list[float]) -> list[float]:
    """Return a few floats with the same exact sum: each is the correctly rounded rest of those before it."""
    parts: list[float] = []
    while rest := math.fsum(chain(terms, (-part for part in parts))):
        parts.append(rest)
    return parts
