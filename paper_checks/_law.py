r"""Whole laws: the band of Dvoretzky, Kiefer and Wolfowitz with Massart's constant, one alpha for the curve.

P(sup \|F_N - F\| > eps) <= 2 exp(-2 N eps^2) for every N and every law (Massart 1990). Up to 4096 paths
the exact one-sided law of Smirnov replaces the exponential; both sides are joined by the union bound, so
the band is never wider than Massart's. With D = sup \|F_N - F\|: REFUTED if D > eps(a); HOLDS within a
gap of the distribution functions if D + eps(a) <= gap; a true gap of eps(a) + eps(beta) is refuted with
power 1 - beta, by the triangle inequality.

Paths are counted in bins of F, never stored: for a continuous F the gap on a grid of step 1/B misses at
most 1/B, which is added wherever the claim would gain by it. For a discrete law the bins are its atoms
and nothing is missed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from groundwork.checks import number
from groundwork.errors import BadInput
from paper_checks._looks import BETA, Design, Looks, design
from paper_checks._outcome import BrokenLicence, Reading, Status

__all__ = ["LawCounts", "LawTest", "band", "law_test", "p_bound", "uniform_bins"]

_EXACT_UP_TO = 4096
_MOST_BINS = 2**20


@lru_cache(maxsize=4096)
def band(probability: float, paths: int) -> float:
    """Return eps with P(sup |F_N - F| > eps) <= probability.

    >>> round(band(0.01, 4096), 5), round(band(0.01, 10**6), 7)
    (0.02539, 0.0016276)
    """
    if paths <= _EXACT_UP_TO:
        from scipy.special import smirnovi

        return float(smirnovi(paths, probability / 2))
    return math.sqrt(math.log(2 / probability) / (2 * paths))


def p_bound(distance: float, paths: int) -> float:
    """Return a bound on P(sup |F_N - F| >= distance), exact up to the union over the two sides for small N.

    >>> round(p_bound(0.02539, 4096), 4)
    0.01
    """
    if paths <= _EXACT_UP_TO:
        from scipy.special import smirnov

        return min(1.0, 2 * float(smirnov(paths, min(max(distance, 0.0), 1.0))))
    return min(1.0, 2 * math.exp(-2 * paths * distance**2))


@dataclass(frozen=True)
class LawTest:
    """A claim that the outcome has a given law. Built by ``law_test``."""

    cdf: Callable[[np.ndarray], np.ndarray]
    design: Design
    alpha: float
    looks: Looks
    beta: float
    atoms: tuple[float, ...] | None

    licence = "law"
    columns = 1
    side = "two"
    value = None

    @property
    def needs_spread(self) -> bool:
        """Whether a sample of equal outcomes is a defect: it is, for a continuous law."""
        return self.atoms is None

    @property
    def gap(self) -> float:
        """The gap of the distribution functions that HOLDS excludes."""
        return self.design.gap

    def half(self, paths: int) -> float:
        """Return the half-width of the band at N paths."""
        return band(self.looks.share(self.alpha), paths)

    def resolution(self, paths: int) -> float:
        """Return the smallest gap of the distribution functions that N paths refute with power 1 - beta."""
        return self.half(paths) + band(self.beta, paths)

    def facts(self) -> dict[str, float | str]:
        """Return what defines the test, for the digest; a function has no digest of its own."""
        return {"test": "law", "gap": self.gap, "atoms": repr(self.atoms)}

    def start(self, last: int) -> LawCounts:
        """Return empty counts for a run that ends at the given look."""
        return LawCounts(self, self.looks.paths(last))


class LawCounts:
    """Counts of paths per bin of the claimed law: integers, so that the order of paths cannot matter."""

    def __init__(self, test: LawTest, most_paths: int) -> None:
        self.test = test
        self.paths = 0
        if test.atoms is None:
            bins = uniform_bins(most_paths)
            self._edges = np.arange(1, bins + 1) / bins
            self._missed = 1 / bins
        else:
            self._atoms = np.array(test.atoms)
            self._edges = np.asarray(test.cdf(self._atoms), dtype=np.float64)
            self._missed = 0.0
        self._counts = np.zeros(self._edges.size, dtype=np.int64)

    def feed(self, x: np.ndarray) -> None:
        """Add the outcomes of the next paths."""
        bins = self._edges.size
        if self.test.atoms is None:
            u = np.asarray(self.test.cdf(x), dtype=np.float64)
            if u.shape != x.shape or not ((u >= 0) & (u <= 1)).all():
                raise BrokenLicence("the distribution function gave a value outside [0, 1] or of another shape")
            index = np.minimum((u * bins).astype(np.int64), bins - 1)
        else:
            index = np.minimum(np.searchsorted(self._atoms, x), bins - 1)
            if (self._atoms[index] != x).any():
                raise BrokenLicence(f"{x[self._atoms[index] != x][0]:g} is no atom of the claimed law")
        self._counts += np.bincount(index, minlength=bins)
        self.paths += x.size

    def read(self) -> Reading:
        """Return what the look at the present number of paths says."""
        test, paths = self.test, self.paths
        distance = float(np.abs(np.cumsum(self._counts) / paths - self._edges).max())
        half = test.half(paths)
        inside = distance + self._missed + half <= test.gap
        status = Status.REFUTED if distance > half else Status.HOLDS if inside else Status.UNDECIDED
        p_value = min(1.0, test.looks.count * p_bound(distance, paths))
        low, high = max(0.0, distance - half), distance + self._missed + half
        return Reading(status, distance, low, high, distance / half, p_value)


def uniform_bins(most_paths: int) -> int:
    """Return how many bins of [0, 1] keep the missed gap far below the band of the largest look.

    A power of two, so that no rounding moves a path across an edge.

    >>> uniform_bins(4096), uniform_bins(10**9)
    (65536, 1048576)
    """
    return min(_MOST_BINS, 1 << (16 * most_paths - 1).bit_length())


def law_test(
    cdf: Callable[[np.ndarray], np.ndarray],
    *,
    alpha: float,
    gap: float,
    atoms: tuple[float, ...] | None = None,
    looks: Looks | None = None,
    beta: float = BETA,
) -> LawTest:
    """Return the test that the outcome has the law ``cdf``, continuous unless atoms are given.

    ``gap`` is a distance of distribution functions. A conditional law is tested the same way: let the
    outcome be F(x_g | x_{g-1}) and the law the uniform one.

    >>> test = law_test(lambda u: u, alpha=1e-8, gap=0.05)
    >>> test.design.paths, round(test.gap, 4)
    (16384, 0.0394)
    """
    looks = Looks() if looks is None else looks
    alpha = number("alpha", alpha, low=0, high=1, open_low=True)
    wanted = number("gap", gap, low=0, high=1, open_low=True)
    if atoms is not None and (not atoms or any(b <= a for a, b in pairwise(atoms))):
        raise BadInput("atoms", atoms, "an increasing sequence of at least one value")
    blank = LawTest(cdf, Design(None, None, wanted, wanted), alpha, looks, beta, atoms)
    return LawTest(cdf, design(blank.resolution, looks, wanted), alpha, looks, beta, atoms)
