r"""A mean refitted on a subsample of a growing corpus: its exact law at small sizes, by every choice of rows.

Which rows are drawn does not depend on their values, so given the choices theta_g is a sum of the noises of all rows,
normal with variance V. Over the choices the law is a mixture of normals, with E theta^2 = E V and E theta^4 = 3 E V^2.
At any size there is a recursion: with E M^2 the mean square of the corpus mean, q the expected scatter of its k n
points and tau^2 the variance of theta_k about M,

.. math:: E M'^2 = E M^2 + (\tau^2 + 1/n)/(k+1)^2, \qquad q' = q + (n-1) + \tfrac{k}{k+1}(n\tau^2 + 1).

Derived here; noise variance 1, truth 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from itertools import combinations, product
from math import sqrt
from typing import Any

import numpy as np

__all__ = ["exact", "law", "moment", "onward", "tau", "variances"]


@cache
def variances(n: int, g: int, *, replacement: bool = False) -> Mapping[Fraction, Fraction]:
    """Return the law of V, the variance of theta_g given the choices; without replacement the first fit has all rows.

    >>> dict(variances(1, 2))
    {Fraction(1, 1): Fraction(1, 2), Fraction(2, 1): Fraction(1, 2)}
    """
    noises = n * g
    found: defaultdict[Fraction, Fraction] = defaultdict(Fraction)

    def grow(corpus: np.ndarray, k: int, chance: Fraction) -> None:
        size = len(corpus)
        if replacement:
            choices: Any = list(product(range(size), repeat=n))
        else:
            choices = list(combinations(range(size), n))
        each = chance / len(choices)
        for chosen in choices:
            # n^k theta_k has whole coefficients, and the corpus is held in units of n^-(k-1).
            total = corpus[list(chosen)].sum(axis=0)
            if k == g:
                found[Fraction(int(total @ total), n ** (2 * g))] += each
                continue
            newest = np.tile(total, (n, 1))
            newest[np.arange(n), k * n + np.arange(n)] = n**k
            grow(np.vstack([corpus * n, newest]), k + 1, each)

    grow(np.eye(n, noises, dtype=np.int64), 1, Fraction(1))
    return dict(sorted(found.items()))


def moment(point: Mapping[str, Any], power: int, *, replacement: bool = False) -> Fraction:
    """Return E V^power at sigma = 1: the mean square for 1, a third of the fourth moment for 2.

    >>> moment({"n": 2, "g": 2}, 1)
    Fraction(5, 6)
    """
    law_of = variances(point["n"], point["g"], replacement=replacement)
    return sum((chance * v**power for v, chance in law_of.items()), Fraction(0))


def law(
    point: Mapping[str, Any], *, replacement: bool = False, scale: float = 1.0
) -> Callable[[np.ndarray], np.ndarray]:
    """Return the distribution function of theta_g; ``scale`` widens it, for a mutant.

    >>> round(float(law({"n": 2, "g": 2})(np.array(0.0))), 12)
    0.5
    """
    from scipy import special

    mixture = variances(point["n"], point["g"], replacement=replacement)
    widths = np.array([scale * sqrt(v) for v in mixture])
    chances = np.array([float(chance) for chance in mixture.values()])
    return lambda x: special.ndtr(np.asarray(x)[..., None] / widths) @ chances


def tau(q: Any, n: Any, k: Any, *, replacement: bool) -> Any:
    """Return the variance of a mean of n rows about the mean of a corpus of k n rows with scatter q.

    >>> tau(Fraction(3), 2, 2, replacement=True)
    Fraction(3, 8)
    """
    return q / (k * n**2) if replacement else q * (k - 1) / ((k * n - 1) * n * k)


def onward(q: Any, n: Any, k: Any, *, replacement: bool) -> Any:
    """Return the expected scatter after n rows were added to k n."""
    return q + (n - 1) + k / (k + 1) * (n * tau(q, n, k, replacement=replacement) + 1)


def exact(n: Any, g: int, *, replacement: bool) -> Any:
    """Return E theta_g^2 by the recursion, in the arithmetic of n.

    >>> exact(Fraction(2), 2, replacement=False)
    Fraction(5, 6)
    """
    mean, q = 1 / n, n - 1
    for k in range(1, g):
        mean += (tau(q, n, n / n * k, replacement=replacement) + 1 / n) / (k + 1) ** 2
        q = onward(q, n, n / n * k, replacement=replacement)
    return mean + tau(q, n, n / n * g, replacement=replacement)
