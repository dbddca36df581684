r"""Means whose rows are chosen at random: given the choice the mean is normal, so its law is a finite mixture.

Rows carry unit noise. A choice settles how much of each noise a row holds, hence the covariance of all rows, and

.. math:: \theta_g \sim \sum_c P(c)\, N(0, v_c), \quad E\theta_g^2 = E v_c, \quad
    \mathrm{Var}\,\theta_g^2 = 3 E v_c^2 - (E v_c)^2,

with rational :math:`v_c`. All choices are enumerated, so the sizes are small. Two loops: ``edited`` labels of one data
set (Zhu et al. 2024, as told by Schaeffer et al. 2025, section 4.3) and ``subsampled`` corpora. Derived here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np

from groundwork.checks import count
from groundwork.errors import BadInput

__all__ = ["Mixture", "after_edit", "edited", "subsampled"]

Square = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class Mixture:
    """Centred normal laws with their probabilities, by variance.

    >>> Mixture({Fraction(1): Fraction(1, 2), Fraction(3): Fraction(1, 2)}).square_variance()
    Fraction(11, 1)
    """

    shares: dict[Fraction, Fraction]

    def mean_square(self, power: int = 1) -> Fraction:
        """Return E v^power, for power 1 the mean of the square."""
        return sum((share * v**power for v, share in self.shares.items()), Fraction(0))

    def square_variance(self) -> Fraction:
        """Return the variance of the square, 3 E v^2 - (E v)^2."""
        return 3 * self.mean_square(2) - self.mean_square() ** 2

    def square_law(self, scale: float = 1.0) -> Callable[[np.ndarray], np.ndarray]:
        """Return the distribution function of ``scale`` times the square."""
        from scipy import special

        parts = [(float(share), float(v) * scale) for v, share in self.shares.items()]
        return lambda x: np.add.reduce([share * special.chdtr(1, np.maximum(x, 0) / v) for share, v in parts])


def _mean_variance(covariance: Sequence[Sequence[Fraction]], rows: Sequence[int]) -> Fraction:
    total = sum((covariance[i][j] for i in rows for j in rows), Fraction(0))
    return total / len(rows) ** 2


def _unit(n: int) -> Square:
    return tuple(tuple(Fraction(i == j) for j in range(n)) for i in range(n))


def after_edit(covariance: Square, rows: Iterable[int]) -> Square:
    """Return the covariance of the labels after some became their common mean plus fresh unit noise.

    >>> after_edit(_unit(2), (0,))
    ((Fraction(3, 2), Fraction(1, 2)), (Fraction(1, 2), Fraction(1, 1)))
    """
    n, chosen = len(covariance), set(rows)
    everyone = range(n)
    with_fit = [sum(covariance[i], Fraction(0)) / n for i in everyone]
    fit = sum(with_fit, Fraction(0)) / n

    def entry(i: int, j: int) -> Fraction:
        if i in chosen and j in chosen:
            return fit + (i == j)
        if i in chosen or j in chosen:
            return with_fit[j if i in chosen else i]
        return covariance[i][j]

    return tuple(tuple(entry(i, j) for j in everyone) for i in everyone)


@lru_cache(maxsize=256)
def edited(n: int, counts: tuple[int, ...], *, fixed: bool = False) -> Mixture:
    """Return the law of the mean of n labels after steps that rewrite ``counts`` of them, of unit noise.

    The rewritten labels are any of the n with equal chances, or always the first ones (``fixed``). Real labels are
    exchangeable, so the first choice is settled without loss.

    >>> edited(4, (4, 4)).mean_square(), edited(4, (2,)).mean_square()
    (Fraction(3, 4), Fraction(7, 16))
    """
    n = count("n", n)
    if any(not 0 <= k <= n for k in counts):
        raise BadInput("counts", counts, f"numbers of labels from 0 to n = {n}")
    held: Counter[Square] = Counter({_unit(n): 1})
    for step, k in enumerate(counts):
        settled = fixed or step == 0
        choices = [tuple(range(k))] if settled else list(combinations(range(n), k))
        held = _spread(held, lambda rows, c: after_edit(rows, c), choices)
    return _mixture(Counter(_weighted((_mean_variance(rows, range(n)), many) for rows, many in held.items())))


@lru_cache(maxsize=64)
def subsampled(n: int, g: int) -> Mixture:
    """Return the law of fit g, the mean of n of the g n rows so far, without replacement; fit 1 takes all n.

    >>> subsampled(2, 2).shares == {Fraction(1, 2): Fraction(1, 6), Fraction(1): Fraction(5, 6)}
    False
    >>> subsampled(2, 2).mean_square()
    Fraction(5, 6)
    """
    n, g = count("n", n), count("g", g)
    corpora: Counter[Square] = Counter({_unit(n): 1})
    for k in range(1, g):
        corpora = _spread(corpora, lambda rows, c: _grown(rows, c, n), _picks(n, k))
    found = [(_mean_variance(rows, c), many) for rows, many in corpora.items() for c in _picks(n, g)]
    return _mixture(Counter(_weighted(found)))


def _picks(n: int, k: int) -> list[tuple[int, ...]]:
    return list(combinations(range(k * n), n))


def _grown(rows: Square, chosen: Sequence[int], n: int) -> Square:
    """Return the covariance with n rows more, each the mean of the chosen ones plus unit noise."""
    with_fit = [sum((line[j] for j in chosen), Fraction(0)) / len(chosen) for line in rows]
    fit = _mean_variance(rows, chosen)
    old = [(*line, *[with_fit[i]] * n) for i, line in enumerate(rows)]
    new = [(*with_fit, *[fit + (i == j) for j in range(n)]) for i in range(n)]
    return tuple(tuple(line) for line in (*old, *new))


def _spread(
    held: Counter[Square], step: Callable[[Square, tuple[int, ...]], Square], choices: list[tuple[int, ...]]
) -> Counter[Square]:
    after: Counter[Square] = Counter()
    for rows, many in held.items():
        for choice in choices:
            after[step(rows, choice)] += many
    return after


def _weighted(found: Iterable[tuple[Fraction, int]]) -> dict[Fraction, int]:
    total: dict[Fraction, int] = {}
    for v, many in found:
        total[v] = total.get(v, 0) + many
    return total


def _mixture(found: Any) -> Mixture:
    total = sum(found.values())
    return Mixture({v: Fraction(many, total) for v, many in found.items()})
