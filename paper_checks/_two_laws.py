r"""Two samplers, one law: whether two streams of paths have the same distribution, with no closed form of it.

Both empirical functions lie within eps of their own law outside an event of probability a, if each band
is taken at a/2 (Massart's inequality twice and the union bound). By the triangle inequality D = sup \|F_N
- G_N\| is then within 2 eps of the true gap. Sharper two-sample constants exist (Wei and Dudley 2012) for
some sample sizes; this needs nothing but the one-sample inequality and costs at most a factor sqrt(2) in
width.

Paths are counted in bins of a *ruler*, any increasing function from outcomes to [0, 1]. What a bin hides
is bounded by its own counts, so a coarse ruler makes HOLDS harder and never wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from groundwork.checks import number
from paper_checks._law import band, p_bound, uniform_bins
from paper_checks._looks import BETA, Design, Looks, design
from paper_checks._outcome import BrokenLicence, Reading, Status

__all__ = ["PairCounts", "TwoLawsTest", "gap_range", "two_laws_test"]


@dataclass(frozen=True)
class TwoLawsTest:
    """A claim that both columns of the draws have the same law. Built by ``two_laws_test``."""

    ruler: Callable[[np.ndarray], np.ndarray]
    design: Design
    alpha: float
    looks: Looks
    beta: float

    licence = "law"
    columns = 2
    side = "two"
    value = None
    needs_spread = True

    @property
    def gap(self) -> float:
        """The gap of the distribution functions that HOLDS excludes."""
        return self.design.gap

    def half(self, paths: int) -> float:
        """Return how far the observed gap may be from the true one at N paths of each sampler."""
        return 2 * band(self.looks.share(self.alpha) / 2, paths)

    def resolution(self, paths: int) -> float:
        """Return the smallest gap of the distribution functions that N paths refute with power 1 - beta."""
        return self.half(paths) + 2 * band(self.beta / 2, paths)

    def facts(self) -> dict[str, float | str]:
        """Return what defines the test, for the digest."""
        return {"test": "two laws", "gap": self.gap}

    def start(self, last: int) -> PairCounts:
        """Return empty counts for a run that ends at the given look."""
        return PairCounts(self, self.looks.paths(last))


class PairCounts:
    """Counts of paths per bin of the ruler, one row a sampler."""

    def __init__(self, test: TwoLawsTest, most_paths: int) -> None:
        self.test = test
        self.paths = 0
        self._counts = np.zeros((2, uniform_bins(most_paths)), dtype=np.int64)

    def feed(self, x: np.ndarray) -> None:
        """Add the outcomes of the next paths, shape (paths, 2)."""
        bins = self._counts.shape[1]
        u = np.asarray(self.test.ruler(x), dtype=np.float64)
        if u.shape != x.shape or not ((u >= 0) & (u <= 1)).all():
            raise BrokenLicence("the ruler gave a value outside [0, 1] or of another shape")
        index = np.minimum((u * bins).astype(np.int64), bins - 1)
        for column in (0, 1):
            self._counts[column] += np.bincount(index[:, column], minlength=bins)
        self.paths += len(x)

    def read(self) -> Reading:
        """Return what the look at the present number of paths says."""
        test, paths = self.test, self.paths
        least, most = gap_range(self._counts[0], self._counts[1])
        half = test.half(paths)
        inside = most + half <= test.gap
        status = Status.REFUTED if least > half else Status.HOLDS if inside else Status.UNDECIDED
        p_value = min(1.0, test.looks.count * 2 * p_bound(least / 2, paths))
        return Reading(status, least, max(0.0, least - half), most + half, least / half, p_value)


def gap_range(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Return bounds on sup |F_N - G_M| from counts per bin: the gap at the edges, and what the bins can hide.

    >>> gap_range(np.array([1, 1, 0]), np.array([0, 1, 1]))
    (0.5, 1.0)
    """
    below, above = np.cumsum(first) / first.sum(), np.cumsum(second) / second.sum()
    hidden = max((below[1:] - above[:-1]).max(), (above[1:] - below[:-1]).max(), below[0], above[0])
    least = float(np.abs(below - above).max())
    return least, max(least, float(hidden))


def two_laws_test(
    ruler: Callable[[np.ndarray], np.ndarray],
    *,
    alpha: float,
    gap: float,
    looks: Looks | None = None,
    beta: float = BETA,
) -> TwoLawsTest:
    """Return the test that two samplers have the same law.

    A draw gives shape (paths, 2) with independent columns.

    >>> test = two_laws_test(lambda u: u, alpha=1e-8, gap=0.05)
    >>> test.design.paths, round(test.gap, 4)
    (65536, 0.0405)
    """
    looks = Looks() if looks is None else looks
    alpha = number("alpha", alpha, low=0, high=1, open_low=True)
    wanted = number("gap", gap, low=0, high=1, open_low=True)
    blank = TwoLawsTest(ruler, Design(None, None, wanted, wanted), alpha, looks, beta)
    return TwoLawsTest(ruler, design(blank.resolution, looks, wanted), alpha, looks, beta)
