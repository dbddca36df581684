r"""All moments of a Gaussian fitted on n rows drawn at random from all rows so far: exact, in rationals.

The pool is described by the mean products of different rows, :math:`e(\lambda) = E x_1^{\lambda_1} \cdots
x_k^{\lambda_k}`. A random part of the pool has the same ones, and the model draws from a mean and a variance that are
polynomials in two power sums of that part. So one generation is linear in e: each row of a product is old or new, and
an old row may be among those that were drawn. Derived here; sigma = 1, mu = 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations
from math import comb, perm, prod

__all__ = ["Drawn", "subsampled_moment"]

#: The powers of different rows in a product, in descending order.
Shape = tuple[int, ...]
Powers = tuple[int, int]


@dataclass(frozen=True)
class Drawn:
    """Fits on n rows drawn from the pool, n draws added each time; ``c`` is 1 (unbiased) or 0 (MLE)."""

    n: int
    c: int = 1
    replacement: bool = False


def subsampled_moment(drawn: Drawn, g: int, a: int, b: int) -> Fraction:
    """Return E M^a v^b of the model of generation g.

    >>> mle = Drawn(n=10, c=0)
    >>> subsampled_moment(mle, 2, 0, 1) + subsampled_moment(mle, 2, 2, 0)
    Fraction(1, 1)
    """
    return _fitted(drawn, g, (a, b), ())


@cache
def _product_mean(drawn: Drawn, g: int, shape: Shape) -> Fraction:
    """Return e(shape) in the pool that generation g draws from: every choice of rows of the product that are new."""
    if sum(shape) % 2:
        return Fraction(0)
    if g == 1:
        return Fraction(prod(0 if power % 2 else prod(range(1, power, 2)) for power in shape))
    total, k, old = Fraction(0), len(shape), drawn.n * (g - 1)
    for many in range(k + 1):
        chance = Fraction(perm(old, k - many) * perm(drawn.n, many), perm(old + drawn.n, k))
        if not chance:
            continue
        for chosen in combinations(range(k), many):
            kept = tuple(shape[i] for i in range(k) if i not in chosen)
            for powers, weight in _draws(tuple(shape[i] for i in chosen)).items():
                total += chance * weight * _fitted(drawn, g - 1, powers, kept)
    return total


@cache
def _draws(shape: Shape) -> Mapping[Powers, int]:
    """Return the product of E (M + sqrt(v) z)^k over the shape as {(power of M, power of v): coefficient}."""
    if not shape:
        return {(0, 0): 1}
    found: dict[Powers, int] = {}
    for (a, b), weight in _draws(shape[1:]).items():
        for j in range(shape[0] // 2 + 1):
            key = (a + shape[0] - 2 * j, b + j)
            found[key] = found.get(key, 0) + weight * comb(shape[0], 2 * j) * prod(range(1, 2 * j, 2))
    return found


@cache
def _fitted(drawn: Drawn, g: int, powers: Powers, kept: Shape) -> Fraction:
    """Return E M^a v^b times a product of different rows of the pool, v = n (p2 - M^2)/(n - c)."""
    a, b = powers
    scale = Fraction(drawn.n, drawn.n - drawn.c) ** b
    terms = ((-1) ** j * comb(b, j) * _sums(drawn, g, a + 2 * j, b - j, kept) for j in range(b + 1))
    return scale * sum(terms, Fraction(0))


@cache
def _sums(drawn: Drawn, g: int, ones: int, twos: int, kept: Shape) -> Fraction:
    """Return E p1^ones p2^twos times a product of different rows, p_k the mean k-th power over the n rows drawn."""
    tokens, size = (1,) * ones + (2,) * twos, drawn.n * g
    total = Fraction(0)
    for draws, many in _blocks(tokens).items():
        if len(draws) > drawn.n:
            continue
        weight = Fraction(many * perm(drawn.n, len(draws)), drawn.n ** len(tokens))
        # Different draws may be the same row where rows are put back.
        same = _blocks(draws) if drawn.replacement else {draws: 1}
        ways = size ** len(draws) if drawn.replacement else perm(size, len(draws))
        for rows, times in same.items():
            total += weight * times * _met(drawn, g, rows, kept) / ways
    return total


def _met(drawn: Drawn, g: int, rows: Shape, kept: Shape) -> Fraction:
    """Return the sum of mean products of some rows with those of a product, over the ways in which they can meet."""
    size, total = drawn.n * g, Fraction(0)
    for joined, many in _meetings(rows, tuple(sorted(kept, reverse=True))).items():
        total += many * perm(size - len(kept), len(joined) - len(kept)) * _product_mean(drawn, g, joined)
    return total


@cache
def _meetings(rows: Shape, kept: Shape) -> Mapping[Shape, int]:
    """Return the shapes that come of it when rows meet different kept rows or none, with their numbers."""
    return _counted(_joined(rows, kept))


def _joined(rows: Shape, kept: Shape) -> Iterator[Shape]:
    if not rows:
        yield kept
        return
    for rest in _joined(rows[1:], kept):
        yield (*rest, rows[0])
    for i in range(len(kept)):
        for rest in _joined(rows[1:], (*kept[:i], *kept[i + 1 :])):
            yield (*rest, rows[0] + kept[i])


@cache
def _blocks(tokens: Shape) -> Mapping[Shape, int]:
    """Return the sums of the blocks over all ways to put the tokens into blocks, with their numbers."""
    return _counted(_partitions(tokens))


def _partitions(tokens: Shape) -> Iterator[Shape]:
    if not tokens:
        yield ()
        return
    for rest in _partitions(tokens[1:]):
        yield (tokens[0], *rest)
        for i in range(len(rest)):
            yield (*rest[:i], rest[i] + tokens[0], *rest[i + 1 :])


def _counted(shapes: Iterator[Shape]) -> Mapping[Shape, int]:
    found: dict[Shape, int] = {}
    for shape in shapes:
        key = tuple(sorted(shape, reverse=True))
        found[key] = found.get(key, 0) + 1
    return found
