r"""Least-norm fits on new rows, fewer than there are features: the first two moments of the error, by recursion.

With P the projector on n random directions of d and u = X^+ E, :math:`w_g = P w_{g-1} + u`. For isotropic rows

.. math:: E P_{ij} P_{kl} = a\,\delta_{ij}\delta_{kl} + b(\delta_{ik}\delta_{jl} + \delta_{il}\delta_{jk}),

with a, b settled by tr P = n and tr P^2 = n; u has a direction uniform on the sphere, odd moments 0, and
:math:`|u|^2 = \sigma^2 \chi^2_n/\chi^2_{d-n+1}`, independent of P. So s = |w_g|^2 and c = w_g . w (with |w| = 1) have
moments up to the second that a linear recursion gives. Derived here.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

__all__ = ["moments", "projector"]


def projector(n: int, d: int) -> tuple[Fraction, Fraction]:
    """Return a and b of E P (x) P.

    >>> a, b = projector(1, 3)
    >>> a == b == Fraction(1, 15)
    True
    """
    # n^2 = a d^2 + 2 b d from (tr P)^2, and n = a d + b (d^2 + d) from tr P^2.
    b = Fraction(n * d - n**2, d * (d + 2) * (d - 1))
    return (Fraction(n**2) - 2 * b * d) / d**2, b


def moments(point: Mapping[str, Any]) -> tuple[float, float]:
    """Return mean and variance of |w_g - w|^2 at |w| = 1; with noise the variance needs d >= n + 4.

    >>> mean, variance = moments({"n": 1, "d": 2, "g": 1, "sigma": 0.0})
    >>> mean, variance
    (0.5, 0.125)
    """
    n, d, unit = point["n"], point["d"], float(point["sigma"]) ** 2
    a, b = map(float, projector(n, d))
    share = n / d
    noise = unit * n / (d - n - 1) if unit else 0.0
    fourth = unit**2 * n * (n + 2) / ((d - n - 1) * (d - n - 3)) if unit else 0.0
    s = c = ss = sc = cc = 1.0
    for _ in range(point["g"]):
        ss = (a + 2 * b) * ss + (4 / d + 2 * share) * noise * s + fourth
        sc = (a + 2 * b) * sc + (2 / d + share) * noise * c
        cc, s, c = (a + b) * cc + b * s + noise / d, share * s + noise, share * c
    mean = s - 2 * c + 1
    return mean, ss + 4 * cc + 1 - 4 * sc + 2 * s - 4 * c - mean**2
