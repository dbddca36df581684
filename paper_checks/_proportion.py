"""Probabilities from 0/1 outcomes: the binomial family, so the interval of Clopper and Pearson, per look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from paper_checks._exact import ExactTest, exact_test
from paper_checks._looks import BETA, Looks
from paper_checks._outcome import BrokenLicence

__all__ = ["Binomial", "clopper_pearson", "proportion_test"]


@dataclass(frozen=True)
class Binomial:
    """The number of successes in N independent trials with success probability v.

    >>> Binomial().tails(1, 2, 0.5)
    (0.75, 0.75)
    """

    least = 0.0
    most = 1.0
    spread = False

    def check(self, x: np.ndarray) -> None:
        """Refuse an outcome that is neither 0 nor 1."""
        if not ((x == 0) | (x == 1)).all():
            odd = x[(x != 0) & (x != 1)][0]
            raise BrokenLicence(f"the outcome of a proportion is 0 or 1; one is {odd:g}")

    def tails(self, total: float, paths: int, mean: float) -> tuple[float, float]:
        """Return P(S <= total) and P(S >= total) for the given success probability."""
        from scipy.special import betainc, betaincc

        p = min(max(mean, 0.0), 1.0)
        fewer = 1.0 if total >= paths else float(betaincc(total + 1, paths - total, p))
        more = 1.0 if total <= 0 else float(betainc(total, paths - total + 1, p))
        # A mean outside [0, 1] is no probability, so no total speaks for it.
        return (fewer if mean <= 1 else 0.0), (more if mean >= 0 else 0.0)

    def low(self, total: float, paths: int, probability: float) -> float:
        """Return the p at which P(S >= total) is the given probability, 0 for no success."""
        from scipy.special import betaincinv

        return 0.0 if total <= 0 else float(betaincinv(total, paths - total + 1, probability))

    def high(self, total: float, paths: int, probability: float) -> float:
        """Return the p at which P(S <= total) is the given probability, 1 for no failure."""
        from scipy.special import betainccinv

        return 1.0 if total >= paths else float(betainccinv(total + 1, paths - total, probability))

    def critical(self, mean: float, paths: int, a: float) -> tuple[int | None, int | None]:
        """Return the largest count whose lower tail is below a and the smallest whose upper tail is."""
        down = _last_true(lambda s: self.tails(s, paths, mean)[0] < a, paths)
        up = _last_true(lambda s: self.tails(paths - s, paths, mean)[1] < a, paths)
        return down, None if up is None else paths - up

    def facts(self) -> dict[str, float | str]:
        """Return what defines the family."""
        return {"family": "binomial"}


def _last_true(holds: Callable[[int], bool], most: int) -> int | None:
    """Return the last s in 0 … most at which a condition that turns false once still holds, None if never."""
    if not holds(0):
        return None
    low, high = 0, most + 1
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            low = middle
        else:
            high = middle
    return low


def clopper_pearson(successes: int, paths: int, a: float) -> tuple[float, float]:
    """Return the two-sided limits of Clopper and Pearson (1934) at error probability a.

    >>> low, high = clopper_pearson(0, 100, 0.05)
    >>> low, round(high, 6)
    (0.0, 0.036217)
    """
    family = Binomial()
    return family.low(successes, paths, a / 2), family.high(successes, paths, a / 2)


def proportion_test(
    value: float,
    *,
    alpha: float,
    delta: float | None = None,
    gap: float | None = None,
    looks: Looks | None = None,
    side: str = "two",
    beta: float = BETA,
) -> ExactTest:
    """Return the test of P(X = 1) = value (or <=, or >=) from 0/1 outcomes.

    >>> test = proportion_test(0.5, alpha=1e-8, delta=0.05)
    >>> test.design.paths, round(test.gap, 4)
    (32768, 0.0242)
    """
    return exact_test(Binomial(), value, alpha=alpha, delta=delta, gap=gap, looks=looks, side=side, beta=beta)
