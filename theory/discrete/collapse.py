"""How long until one atom has all the mass: fixations are disjoint events, so sums over atoms answer it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from groundwork.errors import BadInput
from theory.discrete import _chain
from theory.quantity import quantity
from theory.symbols import domain

__all__ = [
    "collapse_probability",
    "collapse_time_mean",
    "collapse_time_mean_distinct",
    "collapse_time_second_moment",
    "common_ancestor_time_mean",
    "excess_symbols_sum",
]

ATOMS = domain("p", kind="simplex", meaning="probabilities of the atoms")
_ONE_N = {"n": domain("n", kind="integer", high=_chain.LARGEST, reason="the exact chain needs the n x n kernel")}
_LAW = {"p": ATOMS, **_ONE_N}
_A = r"a(p) = \sum_{t\ge0} \mathrm{E}[x_t;\, x_t<1 \mid x_0=p],\quad x_{t+1} \sim \mathrm{Bin}(n, x_t)/n"


def _atoms(p: Any, N: int | None) -> tuple[np.ndarray, int]:
    """Return the distinct kinds of atoms and how often each occurs: all of p once, or 1/N taken N times."""
    if (p is None) == (N is None):
        given = "both" if p is not None else "neither"
        raise BadInput("p", p, "given, or else N", f"{given} of them came; N atoms are equally likely")
    if N is not None:
        return np.array([1 / N]), N
    return p, 1


@quantity(
    formula=lambda: r"\sum_i a(p_i),\quad " + _A,
    source="""derived here; corrects the n ln N of schaeffer2025, section 4.4: the value stays near 2n
    however many atoms there are""",
    domains=_LAW,
)
def collapse_time_mean(n: int, p: Sequence[float] | None = None, N: int | None = None) -> Any:
    """Return E T, T the number of fits until one atom has all the mass, a float.

    The start is p, or N equal atoms. E T = sum_i a(p_i) with a = (I - Q)^{-1} x on the lattice of
    frequencies, Q the two-type kernel between 0 and 1; exact for any number of atoms. Refit = empirical
    frequencies of n draws.

    >>> round(collapse_time_mean(2, p=[0.5, 0.5]), 9)
    2.0
    """
    kinds, times = _atoms(p, N)
    return times * _chain.sojourn(n, kinds).sum()


@quantity(
    formula=lambda: r"\sum_i \sum_{t\ge0} (2t+1)\,\mathrm{E}[x_t;\, x_t<1 \mid x_0=p_i]",
    source="derived here",
    domains=_LAW,
)
def collapse_time_second_moment(n: int, p: Sequence[float] | None = None, N: int | None = None) -> Any:
    """Return E T^2, T the number of fits until one atom has all the mass, a float.

    On the lattice the weighted sum is 2 (I - Q)^{-1} a - a.

    >>> round(collapse_time_second_moment(2, p=[0.5, 0.5]), 9)
    6.0
    """
    kinds, times = _atoms(p, N)
    return times * _chain.weighted_sojourn(n, kinds).sum()


@quantity(
    formula=lambda: r"1 + n\,a(1/n),\quad " + _A,
    source="derived here",
    domains=_ONE_N,
)
def collapse_time_mean_distinct(n: int) -> Any:
    """Return the limit of `collapse_time_mean` for infinitely many atoms, a float.

    The first n draws are all distinct, so it is 1 + n a(1/n), one more than the time to a common
    ancestor.

    >>> round(collapse_time_mean_distinct(2), 9)
    3.0
    """
    return 1 + n * _chain.sojourn(n, np.array([1 / n])).sum()


@quantity(
    formula=lambda: (
        r"t_n,\quad t_k = 1 + \sum_j P(k \text{ balls hit } j \text{ of } n \text{ boxes})\,t_j,\quad t_1 = 0"
    ),
    source="the coalescent of the Wright-Fisher model, computed exactly; derived here",
    domains=_ONE_N,
)
def common_ancestor_time_mean(n: int) -> Any:
    """Return the mean number of generations back to the common ancestor of all n lineages, a float.

    k lineages choose among n parents; t_k = 1 + sum_j P(k -> j) t_j. Several may merge at once (no
    continuum limit).

    >>> common_ancestor_time_mean(2)
    2.0
    """
    occupied = np.zeros(n + 1)
    occupied[0] = 1.0
    boxes, times = np.arange(n + 1), np.zeros(n + 1)
    for k in range(1, n + 1):
        fresh = np.zeros(n + 1)
        fresh[1:] = occupied[:-1] * (n - boxes[:-1]) / n
        occupied = occupied * boxes / n + fresh
        # occupied[k] stays: all k have different parents
        times[k] = 0.0 if k == 1 else (1 + occupied[:k] @ times[:k]) / occupied[:k].sum()
    return times[n]


@quantity(
    formula=lambda: r"\sum_i P(x_g = 1 \mid x_0 = p_i),\quad x_{t+1} \sim \mathrm{Bin}(n, x_t)/n",
    source="derived here",
    domains={"p": ATOMS},
)
def collapse_probability(p: Sequence[float], n: int | Sequence[int], g: int) -> Any:
    """Return P(T <= g), the probability that one atom has all the mass in model g, a float.

    >>> round(collapse_probability([0.5, 0.5], 2, 1), 9)
    0.5
    """
    fixed = _chain.backward(lambda x: (x == 1).astype(float), n, g, np.asarray(p)).sum()
    return min(fixed, 1.0)


@quantity(
    formula=lambda: r"\sum_i a(1-p_i),\quad " + _A,
    source="""derived here; for large n it is 2n times the entropy, which schaeffer2025, section 4.4, takes
    for the collapse time""",
    domains=_LAW,
)
def excess_symbols_sum(p: Sequence[float], n: int) -> Any:
    """Return E sum_{t >= 0} (K_t - 1), K_t the number of surviving atoms, a float.

    K_0 counts the atoms of positive probability.

    >>> round(excess_symbols_sum([0.5, 0.5], 2), 9)
    2.0
    """
    return _chain.sojourn(n, np.asarray(p), complement=True).sum()
