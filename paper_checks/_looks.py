"""Geometric looks and the design of a sequential check: how alpha is spent and how many paths it takes.

A check is a triple: the decision at level alpha, the smallest discrepancy that N paths refute, and the
smallest N for a discrepancy. The first belongs to each test; the other two are one function,
``resolution(paths)``, and its inverse here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

from groundwork.checks import count, number
from groundwork.errors import BadInput

__all__ = [
    "BETA",
    "POWER",
    "SIDES",
    "UNIT",
    "Design",
    "Looks",
    "design",
    "log_inverse",
    "smallest_paths",
    "wanted_gap",
    "z_power",
]

#: Paths whose sum is one summation unit; a constant of the suite, so that no block size can change a total.
UNIT = 256

#: What a claim about a number says of it: equal, at most, at least.
SIDES = ("two", "upper", "lower")

#: The printed power, and the false-pass probability used to keep it: half of 0.01, the rest is for skewness.
POWER = 0.99
BETA = 0.005


@dataclass(frozen=True)
class Looks:
    """A plan of looks at N_k = first · 2^k paths, k = 0 … count-1, each at error probability alpha / count.

    The plan is fixed before the run, so the union bound over its looks holds whatever the run does.
    ``first`` is a whole number of summation units, so that no unit ever straddles two looks.

    >>> Looks(first=512, count=3).paths(2), Looks(first=512, count=3).share(0.03)
    (2048, 0.01)
    """

    first: int = 4096
    count: int = 16

    def __post_init__(self) -> None:
        count("count", self.count, least=1, most=40)
        count("first", self.first, least=UNIT)
        if self.first % UNIT:
            raise BadInput("first", self.first, f"a multiple of {UNIT}", "a summation unit fits in one look")

    def paths(self, look: int) -> int:
        """Return the cumulative number of paths at a look (counted from 0)."""
        return self.first << look

    def share(self, alpha: float) -> float:
        """Return the error probability of one look."""
        return alpha / self.count

    def last(self, budget: int) -> int | None:
        """Return the last look that a budget of paths reaches, None if it reaches none.

        >>> Looks(first=512, count=3).last(1500), Looks(first=512).last(500)
        (1, None)
        """
        reached = [look for look in range(self.count) if self.paths(look) <= budget]
        return reached[-1] if reached else None


@dataclass(frozen=True)
class Design:
    """The design look of a check: which look, how many paths, and the absolute gap certified there.

    ``look`` and ``paths`` are None where no look of the plan resolves the wanted gap; ``gap`` is then the
    wanted one, and the run can only refute or stay undecided for want of paths.
    """

    look: int | None
    paths: int | None
    gap: float
    wanted: float


def design(resolution: Callable[[int], float], looks: Looks, wanted: float) -> Design:
    """Return the design look: the first N_k with r(N_k) <= wanted; that r becomes the gap.

    With a gap above the resolution an error between the two would be certified, correctly, as "within the
    gap", and the power at the stated resolution would be lost.

    >>> design(lambda paths: 1 / paths**0.5, Looks(first=256, count=8), wanted=0.04)
    Design(look=2, paths=1024, gap=0.03125, wanted=0.04)
    """
    for look in range(looks.count):
        reached = resolution(looks.paths(look))
        if reached <= wanted:
            return Design(look, looks.paths(look), reached, wanted)
    return Design(None, None, wanted, wanted)


def smallest_paths(resolution: Callable[[int], float], wanted: float, most: int = 2**60) -> int | None:
    """Return the smallest N with resolution(N) <= wanted, None if more than ``most`` paths are needed.

    Doubling, then bisection. For a count of 0/1 outcomes the resolution is a sawtooth in N, and the answer is
    the N of one of its teeth.

    >>> smallest_paths(lambda paths: 1 / paths**0.5, wanted=0.01)
    10000
    """
    if not wanted > 0:
        return None
    high = 1
    while not resolution(high) <= wanted:
        high *= 2
        if high > most:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if resolution(middle) <= wanted:
            high = middle
        else:
            low = middle
    return high


def wanted_gap(value: float, delta: float | None, gap: float | None) -> float:
    """Return the absolute gap asked for, given either relative to the claimed value or directly.

    >>> wanted_gap(-4.0, 0.01, None)
    0.04
    >>> wanted_gap(0.0, 0.1, None)
    Traceback (most recent call last):
    groundwork.errors.BadInput: delta = 0.1: allowed is None where the claimed value is 0; give a gap
    """
    if (delta is None) == (gap is None):
        raise BadInput("delta, gap", (delta, gap), "exactly one", "delta is relative, gap is absolute")
    if gap is not None:
        return number("gap", gap, low=0, open_low=True)
    relative = number("delta", delta, low=0, open_low=True)
    if value == 0:
        raise BadInput("delta", delta, "None where the claimed value is 0", "give a gap")
    return relative * abs(value)


def z_power(beta: float) -> float:
    """Return the standard normal quantile z_{1-beta}.

    >>> round(z_power(0.005), 6)
    2.575829
    """
    return NormalDist().inv_cdf(1 - number("beta", beta, low=0, high=0.5, open_low=True))


def log_inverse(probability: float) -> float:
    """Return ln(1/a), the exponent that an exponential tail bound has to reach.

    >>> round(log_inverse(1e-8), 4)
    18.4207
    """
    return -math.log(probability)
