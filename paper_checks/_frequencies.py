r"""The refitted discrete law by exact rationals, twice: all atoms together, and each atom alone as a two-type chain.

All atoms: the chain of count vectors, n draws from the last frequencies. One atom: :math:`X' \sim \mathrm{Bin}(n,
X/n)`. The second is what the closed forms are sums of; the first is the process itself, and knows nothing of sums.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from math import factorial

from paper_checks._enumerate import binomial_law, expectation, law_after, solve

__all__ = ["alone_after", "collapse_time", "counts_after", "symbols_sum", "visits"]

Counts = tuple[int, ...]


@cache
def _draws(n: int, p: tuple[Fraction, ...]) -> Mapping[Counts, Fraction]:
    """Return the multinomial law of the counts of n draws."""
    if len(p) == 1:
        return {(n,): p[0] ** n}
    law: dict[Counts, Fraction] = {}
    for first in range(n + 1) if p[0] else (0,):
        head = p[0] ** first / factorial(first)
        for rest, weight in _draws(n - first, p[1:]).items():
            if weight:
                law[(first, *rest)] = head * weight * factorial(n) / factorial(n - first)
    return law


def _step(counts: Counts) -> Mapping[Counts, Fraction]:
    n = sum(counts)
    return _draws(n, tuple(Fraction(count, n) for count in counts))


def _start(n: int, p: Sequence[Fraction]) -> Mapping[Counts, Fraction]:
    return _draws(n, tuple(Fraction(each) for each in p))


def counts_after(n: int, p: Sequence[Fraction], g: int) -> Mapping[Counts, Fraction]:
    """Return the exact law of the counts of all atoms in model g.

    >>> counts_after(2, [Fraction(1, 2)] * 2, 1)[1, 1]
    Fraction(1, 2)
    """
    return law_after(_start(n, p), _step, g - 1)


@cache
def _reachable(n: int, atoms: int) -> tuple[Counts, ...]:
    """Return the count vectors with more than one atom left."""
    inside = _draws(n, (Fraction(1, atoms),) * atoms)
    return tuple(counts for counts in inside if max(counts) < n)


@cache
def _times(n: int, atoms: int, per_symbol: bool) -> Mapping[Counts, Fraction]:
    """Return the exact mean, from each state on, of the fits until collapse, or of the sum of K - 1 over them."""
    states = _reachable(n, atoms)
    place = {state: i for i, state in enumerate(states)}
    matrix = [[Fraction(int(i == j)) for j in range(len(states))] for i in range(len(states))]
    for state, i in place.items():
        for after, weight in _step(state).items():
            if after in place:
                matrix[i][place[after]] -= weight
    gains = [Fraction(sum(count > 0 for count in state) - 1 if per_symbol else 1) for state in states]
    return dict(zip(states, solve(matrix, gains), strict=True))


def collapse_time(n: int, p: Sequence[Fraction]) -> Fraction:
    """Return E T of the chain of all atoms, T the number of fits until one has all the mass, exactly.

    >>> collapse_time(2, [Fraction(1, 2)] * 2)
    Fraction(2, 1)
    """
    later = _times(n, len(p), False)
    return 1 + expectation(_start(n, p), lambda counts: later.get(counts, Fraction(0)))


def symbols_sum(n: int, p: Sequence[Fraction]) -> Fraction:
    """Return E sum_t (K_t - 1) of the chain of all atoms, from K_0 = len(p) on, exactly.

    >>> symbols_sum(2, [Fraction(1, 2)] * 2)
    Fraction(2, 1)
    """
    later = _times(n, len(p), True)
    return len(p) - 1 + expectation(_start(n, p), lambda counts: later.get(counts, Fraction(0)))


def alone_after(n: int, p: Fraction, g: int) -> Mapping[int, Fraction]:
    """Return the exact law of the count of one atom in model g.

    >>> alone_after(2, Fraction(1, 2), 2)[0]
    Fraction(3, 8)
    """
    first = binomial_law(n, Fraction(p))
    return law_after(first, lambda count: binomial_law(n, Fraction(count, n)), g - 1)


@cache
def _lattice(n: int) -> tuple[Fraction, ...]:
    """Return a(i/n), i = 1 … n - 1: the solution of a(x) - E a(x') = x with a = 0 at both ends."""
    rows = [binomial_law(n, Fraction(i, n)) for i in range(1, n)]
    matrix = [[Fraction(int(i == j)) - row.get(j, Fraction(0)) for j in range(1, n)] for i, row in enumerate(rows, 1)]
    return tuple(solve(matrix, [Fraction(i, n) for i in range(1, n)]))


def visits(n: int, p: Fraction) -> Fraction:
    """Return a(p) = sum_{t >= 0} E[x_t; x_t < 1] of one atom, exactly.

    >>> visits(2, Fraction(1, 2))
    Fraction(1, 1)
    """
    p = Fraction(p)
    if not 0 < p < 1:
        return Fraction(0)
    return p + expectation(binomial_law(n, p), lambda i: _lattice(n)[i - 1] if 0 < i < n else Fraction(0))
