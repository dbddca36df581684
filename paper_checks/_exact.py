"""Means whose total has a known law: exact tail probabilities, exact limits, exact power.

If the total S of N outcomes has, for each mean v, a law that grows stochastically with v, then P_v(S >=
s) < a and P_v(S <= s) < a are exact tests, and the values that they do not refute form an exact interval
(Clopper and Pearson 1934 for the binomial). The guarantee on HOLDS rests on the family: the true law must
be one of its members. For 0/1 outcomes it always is; for the others a companion tests the law itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from groundwork.checks import choice, number
from paper_checks._families import Family
from paper_checks._looks import BETA, SIDES, Design, Looks, design, wanted_gap
from paper_checks._outcome import Reading, Status
from paper_checks._sums import ExactSum, unit_sums

__all__ = ["ExactSums", "ExactTest", "exact_test"]


@dataclass(frozen=True)
class ExactTest:
    """A claim about the mean of outcomes whose total has an exact law. Built by ``exact_test``."""

    family: Family
    value: float
    design: Design
    alpha: float
    looks: Looks
    side: str
    beta: float

    licence = "exact law"
    columns = 1

    @property
    def gap(self) -> float:
        """The absolute error that HOLDS excludes."""
        return self.design.gap

    @property
    def needs_spread(self) -> bool:
        """Whether a sample of equal outcomes is a defect."""
        return self.family.spread

    @property
    def level(self) -> float:
        """The error probability of one tail at one look."""
        return self.looks.share(self.alpha) / (2 if self.side == "two" else 1)

    def resolution(self, paths: int) -> float:
        """Return the smallest error that N paths refute, and exclude if it is not there, with power 1 - beta.

        Where the spread depends on the mean the two differ a little; the larger one keeps both promises.
        """
        above, below = self._refutable(paths)
        high, low = self._excludable(paths)
        sides = {"two": (above, below, high, low), "upper": (above, high), "lower": (below, low)}
        return max(sides[self.side])

    def _refutable(self, paths: int) -> tuple[float, float]:
        """Return the errors above and below that are refuted with power 1 - beta, exactly."""
        family, value = self.family, self.value
        down, up = family.critical(value, paths, self.level)
        above = math.inf if up is None else family.low(up, paths, 1 - self.beta) - value
        below = math.inf if down is None else value - family.high(down, paths, 1 - self.beta)
        # Where the family ends at the claimed value there is nothing beyond it to resolve.
        return (0.0 if value >= family.most else above), (0.0 if value <= family.least else below)

    def _excludable(self, paths: int) -> tuple[float, float]:
        """Return the errors above and below that a true claim's interval excludes with power 1 - beta."""
        family, value = self.family, self.value
        down, up = family.critical(value, paths, self.beta)
        high = family.high(paths if up is None else up, paths, self.level) - value
        low = value - family.low(0 if down is None else down, paths, self.level)
        return high, low

    def facts(self) -> dict[str, float | str]:
        """Return what defines the test, for the digest."""
        return {"test": "exact", "value": self.value, "side": self.side, **self.family.facts()}

    def start(self, last: int) -> ExactSums:
        """Return an empty accumulator; ``last`` is not needed, a total serves every look."""
        return ExactSums(self)


class ExactSums:
    """The running total of an exact test."""

    def __init__(self, test: ExactTest) -> None:
        self.test = test
        self.paths = 0
        self._total = ExactSum()

    def feed(self, x: np.ndarray) -> None:
        """Add the outcomes of the next paths, in index order."""
        self.test.family.check(x)
        self._total.add(unit_sums(x))
        self.paths += x.size

    def read(self) -> Reading:
        """Return what the look at the present number of paths says."""
        test, paths, total, a = self.test, self.paths, self._total.value, self.test.level
        fewer, more = test.family.tails(total, paths, test.value)
        against = {"two": min(fewer, more), "upper": more, "lower": fewer}[test.side]
        above = test.family.tails(total, paths, test.value - test.gap)[1] < a
        below = test.family.tails(total, paths, test.value + test.gap)[0] < a
        inside = {"two": above and below, "upper": below, "lower": above}[test.side]
        status = Status.REFUTED if against < a else Status.HOLDS if inside else Status.UNDECIDED
        sides = 2 if test.side == "two" else 1
        return Reading(
            status,
            total / paths,
            test.family.low(total, paths, a),
            test.family.high(total, paths, a),
            math.log(against) / math.log(a) if against > 0 else math.inf,
            min(1.0, test.looks.count * sides * against),
        )


def exact_test(
    family: Family,
    value: float,
    *,
    alpha: float,
    delta: float | None = None,
    gap: float | None = None,
    looks: Looks | None = None,
    side: str = "two",
    beta: float = BETA,
) -> ExactTest:
    """Return the exact test of a mean in a family; the gap is the resolution at the design look.

    >>> from paper_checks._families import GammaMean
    >>> exact_test(GammaMean(0.5), 1.0, alpha=1e-8, delta=0.05).design.paths
    65536
    """
    looks = Looks() if looks is None else looks
    value = number("value", value, low=family.least, high=family.most)
    alpha = number("alpha", alpha, low=0, high=1, open_low=True)
    wanted = wanted_gap(value, delta, gap)
    choice("side", side, SIDES)
    blank = ExactTest(family, value, Design(None, None, wanted, wanted), alpha, looks, side, beta)
    return ExactTest(family, value, design(blank.resolution, looks, wanted), alpha, looks, side, beta)
