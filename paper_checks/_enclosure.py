"""Certified enclosures: a closed form between two floats, and steps that hold a claimed value against one."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from groundwork.errors import BadInput, MissingExtra
from paper_checks._arithmetic import Balls, interval_ends
from paper_checks._evidence import Evidence

__all__ = ["Enclosed", "Enclosure", "enclose", "flint_module"]


@dataclass(frozen=True)
class Enclosure:
    """A number between two floats, certified; ``tool`` says by which arithmetic."""

    low: float
    high: float
    tool: str

    def holds(self, value: float, *, relative: float = 1e-12) -> bool:
        """Return whether a float is inside, up to the rounding of the float itself."""
        room = relative * max(abs(self.low), abs(self.high))
        return self.low - room <= value <= self.high + room


def enclose(function: Callable[[Any], Any], *, digits: int = 50) -> Enclosure:
    """Return a certified enclosure of function(arithmetic).

    ``arithmetic`` offers number(p, q), pi(), sqrt, exp, log, gamma, and with python-flint also digamma
    and zeta; the operators of its numbers round outwards, and take such numbers and integers.

    >>> c4 = enclose(lambda a: a.sqrt(a.number(2, 49)) * a.gamma(a.number(25)) / a.gamma(a.number(49, 2)))
    >>> c4.holds(0.9949113047), c4.high - c4.low < 1e-15
    (False, True)
    >>> c4.holds(0.9949113047, relative=1e-9)
    True
    """
    try:
        return _by_balls(function, digits)
    except MissingExtra:
        return _by_intervals(function, digits)


def _by_balls(function: Callable[[Any], Any], digits: int) -> Enclosure:
    flint = flint_module()
    before = flint.ctx.dps
    flint.ctx.dps = digits
    try:
        # A function without a rounded operation gives a plain integer.
        ball = flint.arb(function(Balls(flint)))
        if not ball.is_finite():
            raise _undefined()
        low, high = _outward(_rational(ball.lower()), _rational(ball.upper()))
    finally:
        flint.ctx.dps = before
    return Enclosure(low, high, "python-flint arb")


def _by_intervals(function: Callable[[Any], Any], digits: int) -> Enclosure:
    from mpmath.libmp import ComplexResult

    try:
        ends = interval_ends(function, digits)
    except ComplexResult:
        raise _undefined() from None
    return Enclosure(*_outward(*ends), "mpmath iv")


def _undefined() -> BadInput:
    return BadInput("function", "infinite or undefined", "a function with a finite enclosure")


def _rational(exact_ball: Any) -> Fraction:
    value = exact_ball.fmpq()
    return Fraction(int(value.p), int(value.q))


def _outward(low: Fraction, high: Fraction) -> tuple[float, float]:
    """Return the floats around two rationals, the lower one rounded down, the upper one up."""
    try:
        down, up = float(low), float(high)
    except OverflowError:
        way_out = "enclose its logarithm"
        raise BadInput("function", "beyond the largest float", "a value below 1.8e308 in size", way_out) from None
    down = math.nextafter(down, -math.inf) if Fraction(down) > low else down
    up = math.nextafter(up, math.inf) if Fraction(up) < high else up
    return down, up


def flint_module() -> Any:
    """Return python-flint, or say which extra brings it.

    >>> try:
    ...     found = flint_module().__name__
    ... except MissingExtra as missing:
    ...     found = missing.parameter
    >>> found in ("flint", "python-flint")
    True
    """
    try:
        return importlib.import_module("flint")
    except ImportError:
        raise MissingExtra("python-flint", "certify") from None


@dataclass(frozen=True, kw_only=True)
class Enclosed:
    """Claimed floats lie in certified enclosures.

    ``cases`` builds (where, claimed, function of the arithmetic).

    ``relative`` is the rounding that the claimed float is allowed; it widens nothing but the comparison.
    """

    statement: str
    cases: Callable[[], Iterable[tuple[str, float, Callable[[Any], Any]]]]
    relative: float = 1e-12
    of: str = "printed"
    kind: ClassVar[str] = "enclosure"

    def run(self) -> Evidence:
        """Return the evidence: certified at every case, or the first that lies outside."""
        tools, many = set(), 0
        for where, claimed, function in self.cases():
            found = enclose(function)
            tools.add(found.tool)
            many += 1
            if not found.holds(claimed, relative=self.relative):
                detail = f"at {where} it lies in [{found.low!r}, {found.high!r}], claimed {claimed!r}"
                return self._evidence("refuted", found.tool, detail)
        detail = f"{many} points" if many else "no point was given"
        return self._evidence("shown" if many else "unsure", ", ".join(sorted(tools)), detail)

    def _evidence(self, answer: str, tool: str, detail: str) -> Evidence:
        return Evidence(
            statement=self.statement,
            kind=self.kind,
            answer=answer,
            grade="certified",
            tool=tool,
            detail=detail,
            of=self.of,
        )
