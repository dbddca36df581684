"""The sign of a rational expression on a domain of lower bounds, by its factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from paper_checks._zero import TOOL_FAILURES, random_points

__all__ = ["Sign", "sign_of"]


@dataclass(frozen=True)
class Sign:
    """What is proved of the sign: a direction (1, -1, or 0 for nothing) and whether the value 0 is excluded.

    ``not_positive`` and ``negative`` are points, in words, where the expression is <= 0 and < 0.
    """

    direction: int
    strict: bool
    factored: str
    not_positive: str = ""
    negative: str = ""

    def counterexample(self, strict: bool) -> str:
        """Return a point where > 0 (strict) or >= 0 fails, in words; empty if none was found."""
        return (self.not_positive or self.negative) if strict else self.negative


def sign_of(expression: Any, lows: Mapping[Any, Any]) -> Sign:
    """Return the sign of a rational expression for all values of its symbols from their lows on.

    A symbol without a low starts at 1 if it is a positive integer, at 0 (left out if positive) if it is real.

    >>> import sympy
    >>> i = sympy.Symbol("i", integer=True, positive=True)
    >>> sign_of(1 / (i - 1) - 1 / i - 1 / i**2, {i: 2})
    Sign(direction=1, strict=True, factored='1/(i**2*(i - 1))', not_positive='', negative='')
    """
    import sympy

    factored = sympy.factor(sympy.together(sympy.sympify(expression)))
    top, bottom = (_product_sign(part, lows) for part in sympy.fraction(factored))
    # A denominator that may vanish leaves the expression undefined, so nothing is proved.
    direction = top[0] * bottom[0] if bottom[1] else 0
    return Sign(direction, bool(direction) and top[1], str(factored), *_points(factored, lows))


def _product_sign(expression: Any, lows: Mapping[Any, Any]) -> tuple[int, bool]:
    """Return (direction, strict) of a product of polynomials."""
    import sympy

    try:
        coefficient, factors = sympy.factor_list(expression)
    except TOOL_FAILURES:
        return 0, False
    direction, strict = (1 if coefficient > 0 else -1), coefficient != 0
    for factor, power in factors:
        one, nonzero = _factor_sign(factor, lows)
        direction *= one if power % 2 else 1
        strict = strict and nonzero
    return direction, strict


def _factor_sign(factor: Any, lows: Mapping[Any, Any]) -> tuple[int, bool]:
    """Return (direction, strict) of a polynomial by its coefficients in t >= 0, symbol = low + t."""
    import sympy

    symbols = sorted(factor.free_symbols, key=str)
    if any(symbol not in lows and not symbol.is_nonnegative for symbol in symbols):
        return 0, False
    low = {s: lows.get(s, 1 if s.is_integer and s.is_positive else 0) for s in symbols}
    shifted = sympy.Poly(factor.subs({s: s + low[s] for s in symbols}, simultaneous=True), *symbols)
    for direction in (1, -1):
        if all((direction * c).is_nonnegative for c in shifted.coeffs()):
            return direction, any(_never_zero(powers, symbols, lows) for powers in shifted.monoms())
    return 0, False


def _never_zero(powers: tuple[int, ...], symbols: list[Any], lows: Mapping[Any, Any]) -> bool:
    """Whether a monomial has no factor that can vanish: only t of positive reals, whose low 0 is left out."""
    held = [symbol for symbol, power in zip(symbols, powers, strict=True) if power]
    return all(s not in lows and s.is_positive and not s.is_integer for s in held)


def _points(expression: Any, lows: Mapping[Any, Any]) -> tuple[str, str]:
    """Return a point where the expression is <= 0 and one where it is < 0, empty if none was met."""
    not_positive = negative = ""
    for point in random_points(expression.free_symbols, lows):
        value = expression.xreplace(point)
        if not value.is_Rational:
            continue
        where = ", ".join(f"{symbol} = {point[symbol]}" for symbol in sorted(point, key=str))
        if value <= 0:
            not_positive = not_positive or f"at {where} it is {value}"
        if value < 0:
            negative = negative or f"at {where} it is {value}"
    return not_positive, negative
