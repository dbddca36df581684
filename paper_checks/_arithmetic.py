"""Two arithmetics that enclose: mpmath's intervals and, where installed, python-flint's balls.

Both offer the same names, so a closed form is written once. The context of mpmath intervals is one object
for the whole process; its precision is put back after use.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from groundwork.errors import BadInput, MissingExtra

__all__ = ["Balls", "Intervals", "interval_ends"]


class Intervals:
    """Interval arithmetic of mpmath: number, pi, sqrt, exp, log, gamma.

    >>> interval_ends(lambda a: a.sqrt(a.number(4)), digits=20)
    (Fraction(2, 1), Fraction(2, 1))
    """

    def __init__(self, iv: Any) -> None:
        self._iv = iv

    def number(self, p: int, q: int = 1) -> Any:
        """Return the rational p/q, enclosed."""
        return self._iv.mpf(p) / q

    def pi(self) -> Any:
        """Return pi, enclosed."""
        return self._iv.mpf(self._iv.pi)

    def sqrt(self, x: Any) -> Any:
        """Return the square root."""
        return self._iv.sqrt(x)

    def exp(self, x: Any) -> Any:
        """Return the exponential."""
        return self._iv.exp(x)

    def log(self, x: Any) -> Any:
        """Return the natural logarithm."""
        return self._iv.log(x)

    def gamma(self, x: Any) -> Any:
        """Return the gamma function."""
        return self._iv.gamma(x)

    def digamma(self, x: Any) -> Any:
        """Refuse: mpmath has no interval digamma."""
        raise MissingExtra("python-flint", "certify")

    def zeta(self, x: Any) -> Any:
        """Refuse: mpmath has no certified interval zeta."""
        raise MissingExtra("python-flint", "certify")


class Balls:
    """Ball arithmetic of python-flint (Arb): the same names, with digamma and zeta."""

    def __init__(self, flint: Any) -> None:
        self._flint = flint

    def number(self, p: int, q: int = 1) -> Any:
        """Return the rational p/q, enclosed."""
        return self._flint.arb(self._flint.fmpq(p, q))

    def pi(self) -> Any:
        """Return pi, enclosed."""
        return self._flint.arb.pi()

    def sqrt(self, x: Any) -> Any:
        """Return the square root."""
        return x.sqrt()

    def exp(self, x: Any) -> Any:
        """Return the exponential."""
        return x.exp()

    def log(self, x: Any) -> Any:
        """Return the natural logarithm."""
        return x.log()

    def gamma(self, x: Any) -> Any:
        """Return the gamma function."""
        return x.gamma()

    def digamma(self, x: Any) -> Any:
        """Return the logarithmic derivative of the gamma function."""
        return x.digamma()

    def zeta(self, x: Any) -> Any:
        """Return the Riemann zeta function."""
        return x.zeta()


def interval_ends(function: Callable[[Any], Any], digits: int) -> tuple[Fraction, Fraction]:
    """Return the ends of function(arithmetic) by mpmath intervals, as exact rationals.

    >>> low, high = interval_ends(lambda a: a.number(1, 3), digits=20)
    >>> low < Fraction(1, 3) < high
    True
    """
    from mpmath import iv

    before = iv.prec
    iv.dps = digits
    try:
        enclosed: Any = iv.mpf(function(Intervals(iv)))
        low, high = enclosed._mpi_
    finally:
        iv.prec = before
    return _dyadic(low), _dyadic(high)


def _dyadic(parts: tuple[int, int, int, int]) -> Fraction:
    sign, mantissa, exponent, _ = parts
    if not mantissa and exponent:
        raise BadInput("function", "infinite or undefined", "a function with a finite enclosure")
    return Fraction((-1) ** sign * int(mantissa)) * Fraction(2) ** int(exponent)
