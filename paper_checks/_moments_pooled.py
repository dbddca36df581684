r"""All moments of a Gaussian fitted on what is left of its corpus, real rows and its own draws: exact, in rationals.

A fit sees up to three pieces, the pool that is kept (P rows, mean M, variance v over P - c), r new real rows and s
draws of the last model with variance :math:`\lambda v`. Their means and scatters are polynomials in M, the root w of
v, normals and chi-squares that are independent of the past,

.. math:: m' = \sum_i n_i m_i / N, \qquad (N - c)\,v' = \sum_i \{W_i + n_i (m_i - m')^2\},

so :math:`E M^a v^b` after a fit is a combination of such moments before it. Derived here; sigma = 1, mu = 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import comb, prod
from operator import add
from typing import Any

__all__ = ["Corpus", "central", "pooled_moment"]

#: Exponents of M, w and the noises: the model's mean and scatter, the real rows' mean and scatter.
Term = tuple[int, ...]
Poly = Mapping[Term, Fraction]
_UNIT = {name: tuple(int(i == j) for j in range(6)) for i, name in enumerate("MwzxyR")}


@dataclass(frozen=True)
class Corpus:
    """The rows (draws of the model, real ones) that each generation adds, and what becomes of the old ones.

    ``keeps`` the pool or replaces it. ``c`` is 1 for the unbiased estimator and 0 for the MLE, ``lam`` the variance
    of a model's draws over its own.
    """

    rows: tuple[tuple[int, int], ...]
    keeps: bool = False
    c: int = 1
    lam: Fraction = Fraction(1)


def pooled_moment(corpus: Corpus, a: int, b: int) -> Fraction:
    """Return E M^a v^b after the last fit, the first one on real rows only.

    >>> pooled_moment(Corpus(rows=((10, 0), (10, 0)), c=0), 2, 0)
    Fraction(19, 100)
    >>> pooled_moment(Corpus(rows=((4, 0), (4, 0)), keeps=True, c=0), 0, 1)
    Fraction(45, 64)
    """
    return _moment(corpus, len(corpus.rows), a, b)


@cache
def _moment(corpus: Corpus, g: int, a: int, b: int) -> Fraction:
    if g == 0:
        return Fraction(a == 0)
    total = Fraction(0)
    for (power, root), weight in _step(corpus, g, a, b).items():
        total += weight * _moment(corpus, g - 1, power, root // 2)
    return total


@cache
def _step(corpus: Corpus, g: int, a: int, b: int) -> dict[tuple[int, int], Fraction]:
    """Return E of m'^a v'^b given M and w, a polynomial in these."""
    mean, variance = _fit(corpus, g)
    found: dict[tuple[int, int], Fraction] = {}
    for term, weight in _times(_power(mean, a), _power(variance, b)).items():
        expected = weight * _noise(corpus, g, term)
        if expected:
            found[term[0], term[1]] = found.get((term[0], term[1]), Fraction(0)) + expected
    return found


@cache
def _fit(corpus: Corpus, g: int) -> tuple[Poly, Poly]:
    """Return m' and v' as polynomials in the state and the noises."""
    drawn, real = corpus.rows[g - 1]
    if g == 1:
        drawn, real = 0, drawn + real
    pool = sum(sum(each) for each in corpus.rows[: g - 1]) if corpus.keeps else 0
    m, w, z, x, y, rows = ({unit: Fraction(1)} for unit in _UNIT.values())
    pieces = [
        (pool, m, _scaled(_power(w, 2), pool - corpus.c)),
        (drawn, _plus(m, _times(w, z)), _times(_power(w, 2), x)),
        (real, y, rows),
    ]
    pieces = [piece for piece in pieces if piece[0]]
    size = Fraction(sum(many for many, _, _ in pieces))
    mean = _plus(*(_scaled(centre, many / size) for many, centre, _ in pieces))
    scatter = _plus(
        *(_plus(own, _scaled(_power(_plus(centre, _scaled(mean, -1)), 2), many)) for many, centre, own in pieces),
    )
    return mean, _scaled(scatter, 1 / (size - corpus.c))


def _noise(corpus: Corpus, g: int, term: Term) -> Fraction:
    """Return the expectation of the noises of a term: even normal moments, rising powers of a chi-square."""
    drawn, real = corpus.rows[g - 1]
    if g == 1:
        drawn, real = 0, drawn + real
    _, _, z, x, y, rows = term
    values = [_normal(z, corpus.lam / drawn) if z else Fraction(1), _normal(y, Fraction(1, real)) if y else Fraction(1)]
    values += [corpus.lam**x * _chi_square(x, drawn - 1), _chi_square(rows, real - 1)]
    return prod(values, start=Fraction(1))


def _normal(power: int, variance: Fraction) -> Fraction:
    return Fraction(0) if power % 2 else variance ** (power // 2) * prod(range(1, power, 2))


def _chi_square(power: int, dof: int) -> Fraction:
    return Fraction(prod(dof + 2 * i for i in range(power)))


def _plus(*polys: Poly) -> Poly:
    total: dict[Term, Fraction] = {}
    for poly in polys:
        for term, weight in poly.items():
            total[term] = total.get(term, Fraction(0)) + weight
    return {term: weight for term, weight in total.items() if weight}


def _scaled(poly: Poly, factor: Any) -> Poly:
    return {term: weight * factor for term, weight in poly.items()}


def _times(left: Poly, right: Poly) -> Poly:
    product: dict[Term, Fraction] = {}
    for one, weight in left.items():
        for other, share in right.items():
            term = tuple(map(add, one, other))
            product[term] = product.get(term, Fraction(0)) + weight * share
    return product


def _power(poly: Poly, power: int) -> Poly:
    result: Poly = {(0, 0, 0, 0, 0, 0): Fraction(1)}
    for _ in range(power):
        result = _times(result, poly)
    return result


def central(raw: Callable[[int], Any], power: int) -> Any:
    """Return the central moment of that power from the raw ones.

    >>> central(lambda k: Fraction(1, k + 1), 2)  # uniform on (0, 1)
    Fraction(1, 12)
    """
    moments: Sequence[Any] = [raw(k) for k in range(power + 1)]
    return sum(comb(power, k) * moments[k] * (-moments[1]) ** (power - k) for k in range(power + 1))
