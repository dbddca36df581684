"""When a normal p-value may be printed: the CLT licence. It decides no verdict, ever.

The real false alarm of a known-variance z-test exceeds the nominal one by a factor that grows with z: for
a squared Gaussian error and N = 1000, 2.3 at nominal 1e-6 and 14 at 1e-10. The first Edgeworth term says
when it is small.
"""

from __future__ import annotations

import math
from statistics import NormalDist

__all__ = ["clt_allows", "clt_paths", "z_p_value"]

_LARGEST = 0.22


def clt_allows(skew: float, z: float, paths: int) -> bool:
    """Return whether a normal tail at z may be quoted: |skew| z^3 / (6 sqrt N) <= 0.22.

    That is the first Edgeworth term, about 25 % of the tail; it licences a number to print, never a verdict.

    >>> clt_allows(2.83, 5.73, 100_000), clt_allows(2.83, 5.73, 200_000)
    (False, True)
    """
    return abs(skew) * abs(z) ** 3 / (6 * math.sqrt(paths)) <= _LARGEST


def clt_paths(skew: float, alpha: float) -> int:
    """Return the smallest N at which a two-sided normal tail of size alpha may be quoted.

    >>> clt_paths(8**0.5, 1e-8)
    162631
    """
    z = NormalDist().inv_cdf(1 - alpha / 2)
    return max(1, math.ceil((abs(skew) * z**3 / (6 * _LARGEST)) ** 2))


def z_p_value(mean: float, value: float, variance: float, paths: int, skew: float) -> float | None:
    """Return the two-sided normal p-value of a mean, None where the CLT licence does not cover it.

    >>> z_p_value(1.001, 1.0, 1.0, 10**6, skew=2.0) is None, z_p_value(1.5, 1.0, 1.0, 100, skew=2.0) is None
    (False, True)
    """
    z = (mean - value) * math.sqrt(paths / variance)
    return math.erfc(abs(z) / math.sqrt(2)) if clt_allows(skew, z, paths) else None
