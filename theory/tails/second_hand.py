"""A model trained on draws from the empirical law of real draws: what it misses is missed by one or the other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from theory.quantity import quantity
from theory.symbols import domain
from theory.tails._atoms import ATOMS, BETA, probabilities, sum_smooth
from theory.tails.unseen import DRAWS

__all__ = ["two_stage_mass"]

#: Atoms summed one by one before the interpolation starts.
DIRECT = 256


def log_binomial(counts: np.ndarray, n0: int, p: float, rest: float) -> np.ndarray:
    """Return log P(Binomial(n0, p) = count), given p and 1 - p; a share near 1 is taken from its complement."""
    from scipy.stats import binom

    return binom.logpmf(counts, n0, p) if p <= 0.5 else binom.logpmf(n0 - counts, n0, rest)


@quantity(
    formula=lambda: (
        r"\sum_i p_i\,\mathrm{E}\Big(1-\frac{c_i}{n_0}\Big)^{n},\quad c_i \sim \mathrm{Bin}(n_0, p_i),\quad "
        r"p_i = \frac{i^{-\beta}}{\sum_{j\le N} j^{-\beta}}"
    ),
    source="derived here",
    domains={
        "N": ATOMS,
        "beta": BETA,
        "n": DRAWS,
        "n0": domain("n0", meaning="real draws of the first stage", high=10**8),
    },
)
def two_stage_mass(N: int, beta: float, n0: int, n: int) -> Any:
    """Return the expected mass that n draws from the empirical law of n0 real draws do not show, a float.

    sum_i p_i E(1 - c_i/n0)^n, c_i ~ Binomial(n0, p_i). The n draws fall on J distinct ones of the n0, whatever
    the atoms, so that it is also the mean over J of `unseen_mass` at J draws.

    >>> two_stage_mass(2, 0, 1, 5), two_stage_mass(2, 0, 2, 1)
    (0.5, 0.5)
    """
    if n0 == 1 or N == 1:
        return 0.0 if N == 1 else (np.prod(probabilities(N, beta), axis=0)).sum()
    p, rest = probabilities(N, beta)
    return sum_smooth(lambda share, other: _log_missed(share, other, n0, n), p, rest, beta, DIRECT)


def _log_missed(p: float, rest: float, n0: int, n: int) -> float:
    """Return log E(1 - c/n0)^n, c ~ Binomial(n0, p): the summand is log-concave, a window about its mode holds it."""
    mode = _mode(p, rest, n0, n)
    width = 1 / math.sqrt(1 / (mode + 1) + 1 / (n0 - mode) + n / (n0 - mode) ** 2)
    reach = 12 * width + 60
    counts = np.arange(max(0, math.floor(mode - reach)), min(n0 - 1, math.ceil(mode + reach)) + 1)
    terms = log_binomial(counts, n0, p, rest) + n * np.log1p(-counts / n0)
    top = terms.max()
    return float(top + np.log(np.exp(terms - top).sum())) if math.isfinite(top) else -math.inf


def _mode(p: float, rest: float, n0: int, n: int) -> float:
    """Return where the ratio of neighbouring summands passes 1, between 0 and n0 - 1, by bisection."""
    if p == 0 or rest == 0:
        return 0.0 if p == 0 else n0 - 1.0
    odds = math.log(p) - math.log(rest)

    def rising(c: float) -> bool:
        left = n0 - c
        return odds + math.log(left / (c + 1)) + n * math.log1p(-1 / left) > 0

    low, high = 0.0, n0 - 1.0
    while high - low > 1:
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) else (low, middle)
    return low
