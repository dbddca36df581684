r"""Means under a variance licence: the Catoni bound, two-sided and one-sided, streamed over looks.

psi(x) = sign(x) ln(1 + \|x\| + x^2/2) satisfies -ln(1 - x + x^2/2) <= psi(x) <= ln(1 + x + x^2/2) and
0 < psi' <= 1. With N paths, V >= Var X and L = ln(2/a) put s = sqrt(2 L / (N V)) and

    T(m) = (1 / (N s)) sum_i psi(s (X_i - m)),      h = sqrt(2 V L / N).

If E X = mu then P(\|T(mu)\| > h) <= a: E exp(psi(s (X - mu))) <= 1 + s^2 V / 2 <= exp(s^2 V / 2), and
Markov's inequality does the rest. Nothing but the variance is used: no moment is fitted, no N is "large
enough". Since T falls in m, on the event that no look breaks its bound a claim v = mu is never refuted
and a claim v with \|v - mu\| >= d never holds. One-sided bounds put L = ln(1/a). Derived here; the bound
is Catoni's (2012).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from groundwork.checks import choice, number
from groundwork.errors import BadInput
from paper_checks._looks import BETA, SIDES, Design, Looks, design, log_inverse, wanted_gap, z_power
from paper_checks._outcome import Reading, Status
from paper_checks._sums import ExactSum, unit_sums

__all__ = ["MeanSums", "MeanTest", "half_width", "mean_test", "psi", "reading"]

#: The variance used by the bound over the declared one: room for the rounding of both.
SLACK = 1.05

#: Beyond this size psi is cut off: it stays between its two logarithms, and its argument cannot overflow.
_LARGEST = 1e150

#: Distance, in half-widths, of the two outer centres that serve the printed interval only.
_OUTER = 4.0


def psi(x: np.ndarray) -> np.ndarray:
    """Return sign(x) ln(1 + |x| + x^2/2), elementwise.

    >>> psi(np.array([-1.0, 0.0, 1.0])).round(6)
    array([-0.916291,  0.      ,  0.916291])
    """
    size = np.minimum(np.abs(x), _LARGEST)
    return np.copysign(np.log1p(size + size * size / 2), x)


def half_width(variance: float, paths: int, exponent: float) -> float:
    """Return h = sqrt(2 V L / N), where V bounds the variance and L is ln(2/a), or ln(1/a) for one side.

    >>> round(half_width(1.0, 10_000, math.log(2 / 1e-8)), 6)
    0.061829
    """
    return math.sqrt(2 * variance * exponent / paths)


@dataclass(frozen=True)
class MeanTest:
    """A claim about a mean, E X = value (or <=, or >=), with all that its sequential test needs.

    ``variance`` bounds the variance of the process that is simulated, not of the claim alone: without that a
    HOLDS guarantees nothing, which is why a mean check has a companion on the spread or on the whole law.
    ``design`` holds the certified gap. Built by ``mean_test``.
    """

    value: float
    variance: float
    design: Design
    alpha: float
    looks: Looks
    side: str
    slack: float
    beta: float

    licence = "variance"
    columns = 1
    needs_spread = True

    @property
    def gap(self) -> float:
        """The absolute error that HOLDS excludes."""
        return self.design.gap

    @property
    def bound(self) -> float:
        """The variance that enters the bound."""
        return self.slack * self.variance

    @property
    def exponent(self) -> float:
        """The exponent L: ln(2/a) for a two-sided claim, ln(1/a) for a one-sided one."""
        return _exponent(self.alpha, self.looks, self.side)

    def half(self, paths: int) -> float:
        """Return the half-width of the bound at N paths."""
        return half_width(self.bound, paths, self.exponent)

    def scale(self, paths: int) -> float:
        """Return the scale s at N paths."""
        return math.sqrt(2 * self.exponent / (paths * self.bound))

    def resolution(self, paths: int) -> float:
        """Return the smallest absolute error that N paths refute with power 1 - beta."""
        return self.half(paths) + z_power(self.beta) * math.sqrt(self.variance / paths)

    def centres(self, paths: int) -> tuple[float, ...]:
        """Return the points at which T is evaluated: v and v ± d decide, the outer two only bound."""
        outer = self.gap + _OUTER * self.half(paths)
        return tuple(self.value + shift for shift in (-outer, -self.gap, 0.0, self.gap, outer))

    def facts(self) -> dict[str, float | str]:
        """Return what defines the test, for the digest."""
        return {"test": "catoni", "value": self.value, "bound": self.bound, "side": self.side}

    def start(self, last: int) -> MeanSums:
        """Return empty accumulators for the looks 0 … last."""
        return MeanSums(self, last)


class MeanSums:
    """The running sums of a mean test: psi at five centres for this look and every later one.

    No path is kept. The scale differs from look to look, so a path enters the sums of all the looks it
    belongs to; with doubling looks that is two evaluations a path and centre on average.
    """

    def __init__(self, test: MeanTest, last: int) -> None:
        self.test = test
        self.paths = 0
        self._plain = ExactSum()
        sizes = [test.looks.paths(look) for look in range(last + 1)]
        self._plan = {size: [(m, ExactSum()) for m in test.centres(size)] for size in sizes}

    def feed(self, x: np.ndarray) -> None:
        """Add the values of the next paths, in index order."""
        self._plain.add(unit_sums(x))
        with np.errstate(over="ignore"):
            for size, sums in self._plan.items():
                scale = self.test.scale(size)
                for centre, total in sums:
                    total.add(unit_sums(psi(scale * (x - centre))))
        self.paths += x.size

    def read(self) -> Reading:
        """Return what the look at the present number of paths says, and forget its sums."""
        test, paths = self.test, self.paths
        sums = self._plan.pop(paths)
        points = [(centre, total.value / (paths * test.scale(paths))) for centre, total in sums]
        return reading(test, paths, points, self._plain.value / paths)


def reading(test: MeanTest, paths: int, points: list[tuple[float, float]], mean: float) -> Reading:
    """Return the three-way reading from (centre, T(centre)) pairs; REFUTED is asked before HOLDS.

    >>> test = mean_test(0.0, 1.0, alpha=1e-6, gap=0.1)
    >>> reading(test, 65_536, [(m, 0.002 - m) for m in test.centres(65_536)], 0.002).status.value
    'HOLDS'
    """
    half = test.half(paths)
    below, at, above = (value for _, value in points[1:4])
    falls = {"two": abs(at), "upper": at, "lower": -at}[test.side]
    inside = {"two": below > half and above < -half, "upper": above < -half, "lower": below > half}[test.side]
    status = Status.REFUTED if falls > half else Status.HOLDS if inside else Status.UNDECIDED
    low = max((m + t - half for m, t in points if t > half), default=-math.inf)
    high = min((m + t + half for m, t in points if t < -half), default=math.inf)
    return Reading(status, mean, low, high, falls / half, _p_bound(test, paths, falls))


def _p_bound(test: MeanTest, paths: int, size: float) -> float:
    """Return Markov's bound on P(T(mu) >= size) at this look's scale, times sides and looks, at most 1."""
    scale = test.scale(paths)
    exponent = paths * scale * (size - scale * test.bound / 2)
    sides = 2 if test.side == "two" else 1
    return min(1.0, test.looks.count * sides * math.exp(-max(exponent, 0.0)))


def _exponent(alpha: float, looks: Looks, side: str) -> float:
    return log_inverse(looks.share(alpha)) + (math.log(2) if side == "two" else 0.0)


def mean_test(
    value: float,
    variance: float,
    *,
    alpha: float,
    delta: float | None = None,
    gap: float | None = None,
    looks: Looks | None = None,
    side: str = "two",
    slack: float = SLACK,
    beta: float = BETA,
) -> MeanTest:
    """Return the test of E X = value from a bound on Var X; side "upper" claims E X <= value, "lower" >=.

    The gap is the resolution at the design look. ``delta`` asks for it relative to the value, ``gap``
    directly.

    >>> test = mean_test(1.0, 0.2, alpha=1e-8, delta=0.05)
    >>> test.design.paths, round(test.gap, 4)
    (8192, 0.0462)
    >>> mean_test(1.0, float("inf"), alpha=1e-8, delta=0.05)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    groundwork.errors.BadInput: variance = inf: allowed is a finite number > 0; without a finite variance ...
    """
    looks = Looks() if looks is None else looks
    value, alpha = number("value", value), number("alpha", alpha, low=0, high=1, open_low=True)
    slack = number("slack", slack, low=1)
    try:
        variance = number("variance", variance, low=0, open_low=True)
    except BadInput as wrong:
        raise BadInput("variance", variance, wrong.allowed, _NO_VARIANCE) from None
    wanted = wanted_gap(value, delta, gap)
    choice("side", side, SIDES)
    blank = MeanTest(value, variance, Design(None, None, wanted, wanted), alpha, looks, side, slack, beta)
    plan = design(blank.resolution, looks, wanted)
    return MeanTest(value, variance, plan, alpha, looks, side, slack, beta)


_NO_VARIANCE = (
    "without a finite variance no test of the mean is valid: "
    "bound or transform the outcome, tilt the measure, or test the law"
)
