"""Deterministic labels on power-law atoms: the error is the real mass of atoms that the training data lack."""

from __future__ import annotations

from typing import Any

import numpy as np

from groundwork.errors import BadInput
from theory import forms
from theory.quantity import quantity
from theory.symbols import domain, symbol
from theory.tails._atoms import ATOMS, BETA, log_missing, probabilities

__all__ = ["cutoff_plateau", "unseen_mass"]

CUT = domain("k", low=1, meaning="rank at which the training data are cut")
DRAWS = domain("n", kind="integer", meaning="draws in the training data")
_DOMAINS = {"N": ATOMS, "beta": BETA, "n": DRAWS, "k": CUT}


def _check_cut(N: int, k: int) -> None:
    if k > N:
        raise BadInput("k", k, f"an integer from 1 to N = {N}", "there are no atoms beyond N")


def _power(i: Any) -> Any:
    return i ** (-symbol("beta"))


def _unseen_mass(given: frozenset[str] = frozenset()) -> Any:
    i, j = forms.index("i"), forms.index("j")
    N, n = symbol("N"), symbol("n")
    total = forms.add_up(_power(j), (j, 1, N))
    last = symbol("k") if "k" in given else N
    kept = forms.add_up(_power(j), (j, 1, last))
    seen = forms.add_up(_power(i) / total * (1 - _power(i) / kept) ** n, (i, 1, last))
    return seen + forms.add_up(_power(i), (i, last + 1, N)) / total if "k" in given else seen


@quantity(
    formula=_unseen_mass,
    source="""the exact finite sums behind the scaling law of Dohmatob, Feng, Yang, Charton and Kempe 2024 (A tale
    of tails), as cited by others; derived here""",
    domains=_DOMAINS,
)
def unseen_mass(N: int, beta: float, n: int, k: int | None = None) -> Any:
    """Return the expected mass of the atoms that n draws do not show, atoms p_i proportional to i^-beta, a float.

    sum_i p_i (1 - p_i)^n over i <= N. With k the training data come from the first k atoms alone, q_i = p_i/(p_1 +
    … + p_k): sum_{i <= k} p_i (1 - q_i)^n + sum_{i > k} p_i.

    >>> round(unseen_mass(2, 0, 3), 12), unseen_mass(4, 0, 1, k=2)
    (0.125, 0.75)
    """
    p, rest = probabilities(N, beta)
    if k is None:
        return (p * np.exp(n * log_missing(rest, p))).sum()
    _check_cut(N, k)
    q, others = probabilities(k, beta)
    return (p[:k] * np.exp(n * log_missing(others, q))).sum() + p[k:].sum()


def _cutoff_plateau() -> Any:
    i, N = forms.index("i"), symbol("N")
    return forms.add_up(_power(i), (i, symbol("k") + 1, N)) / forms.add_up(_power(i), (i, 1, N))


@quantity(formula=_cutoff_plateau, source="derived here, as the limit of tails.unseen_mass in n", domains=_DOMAINS)
def cutoff_plateau(N: int, beta: float, k: int) -> Any:
    """Return the mass beyond rank k, the error that no number of draws from the cut data removes, a float.

    sum_{k < i <= N} p_i.

    >>> cutoff_plateau(4, 0, 3), cutoff_plateau(4, 1, 4)
    (0.25, 0.0)
    """
    _check_cut(N, k)
    return probabilities(N, beta)[0][k:].sum()
