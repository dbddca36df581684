"""Families of laws of a total, indexed by the mean of one outcome: what an exact test rests on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from groundwork.checks import number
from paper_checks._outcome import BrokenLicence

__all__ = ["Family", "GammaMean", "NormalMean"]


class Family(Protocol):
    """Laws of a total of N outcomes, indexed by the mean of one, stochastically increasing in it.

    ``tails`` gives P(S <= s) and P(S >= s); ``low`` and ``high`` the mean at which the upper and the
    lower tail of a total is the given probability; ``critical`` the largest total whose lower tail is
    below a and the smallest whose upper tail is (None where there is none). ``least`` is the smallest
    mean of the family and ``spread`` whether equal outcomes throughout are a defect. ``facts`` defines
    the family, for the digest.
    """

    @property
    def least(self) -> float: ...
    @property
    def most(self) -> float: ...
    @property
    def spread(self) -> bool: ...
    def check(self, x: np.ndarray) -> None: ...
    def tails(self, total: float, paths: int, mean: float) -> tuple[float, float]: ...
    def low(self, total: float, paths: int, probability: float) -> float: ...
    def high(self, total: float, paths: int, probability: float) -> float: ...
    def critical(self, mean: float, paths: int, a: float) -> tuple[float | None, float | None]: ...
    def facts(self) -> dict[str, float | str]: ...


@dataclass(frozen=True)
class GammaMean:
    """Outcomes X ~ Gamma(shape) with mean v: a scaled chi-square with k degrees of freedom has shape k/2.

    >>> round(GammaMean(0.5).low(1000.0, 1000, 0.005), 4)
    0.8937
    """

    shape: float
    least = 0.0
    most = math.inf
    spread = True

    def __post_init__(self) -> None:
        number("shape", self.shape, low=0, open_low=True)

    def check(self, x: np.ndarray) -> None:
        """Refuse an outcome that no member of the family can give."""
        if (x < 0).any():
            raise BrokenLicence(f"a Gamma outcome is >= 0; the smallest is {x.min():g}")

    def tails(self, total: float, paths: int, mean: float) -> tuple[float, float]:
        """Return P(S <= total) and P(S >= total) for the given mean."""
        from scipy.special import gammainc, gammaincc

        if mean <= 0:
            return 1.0, float(total <= 0)
        shape, scaled = paths * self.shape, total * self.shape / mean
        return float(gammainc(shape, scaled)), float(gammaincc(shape, scaled))

    def low(self, total: float, paths: int, probability: float) -> float:
        """Return the mean at which P(S >= total) is the given probability."""
        from scipy.special import gammainccinv

        return total * self.shape / float(gammainccinv(paths * self.shape, probability))

    def high(self, total: float, paths: int, probability: float) -> float:
        """Return the mean at which P(S <= total) is the given probability."""
        from scipy.special import gammaincinv

        return total * self.shape / float(gammaincinv(paths * self.shape, probability))

    def critical(self, mean: float, paths: int, a: float) -> tuple[float, float]:
        """Return the totals below and above which the mean is refuted."""
        from scipy.special import gammainccinv, gammaincinv

        shape, scale = paths * self.shape, mean / self.shape
        return scale * float(gammaincinv(shape, a)), scale * float(gammainccinv(shape, a))

    def facts(self) -> dict[str, float | str]:
        """Return what defines the family."""
        return {"family": "gamma", "shape": self.shape}


@dataclass(frozen=True)
class NormalMean:
    """Outcomes X ~ N(v, sd^2) with a known standard deviation.

    >>> round(NormalMean(1.0).low(0.0, 100, 0.025), 4)
    -0.196
    """

    sd: float
    least = -math.inf
    most = math.inf
    spread = True

    def __post_init__(self) -> None:
        number("sd", self.sd, low=0, open_low=True)

    def check(self, x: np.ndarray) -> None:
        """Refuse nothing: every finite outcome is possible."""

    def tails(self, total: float, paths: int, mean: float) -> tuple[float, float]:
        """Return P(S <= total) and P(S >= total) for the given mean."""
        from scipy.special import ndtr

        z = (total - paths * mean) / (self.sd * math.sqrt(paths))
        return float(ndtr(z)), float(ndtr(-z))

    def low(self, total: float, paths: int, probability: float) -> float:
        """Return the mean at which P(S >= total) is the given probability."""
        from scipy.special import ndtri

        return total / paths + self.sd * float(ndtri(probability)) / math.sqrt(paths)

    def high(self, total: float, paths: int, probability: float) -> float:
        """Return the mean at which P(S <= total) is the given probability."""
        from scipy.special import ndtri

        return total / paths - self.sd * float(ndtri(probability)) / math.sqrt(paths)

    def critical(self, mean: float, paths: int, a: float) -> tuple[float, float]:
        """Return the totals below and above which the mean is refuted."""
        from scipy.special import ndtri

        reach = -self.sd * math.sqrt(paths) * float(ndtri(a))
        return paths * mean - reach, paths * mean + reach

    def facts(self) -> dict[str, float | str]:
        """Return what defines the family."""
        return {"family": "normal", "sd": self.sd}
