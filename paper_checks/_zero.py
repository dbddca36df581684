"""Is an expression identically zero? A proof by one of several simplifications, or a counterexample.

Random exact points refute at once; that an expression vanishes at many of them is evidence and no proof,
and is reported as such. Only a simplification that ends in the number 0 proves.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["TOOL_FAILURES", "ZeroTest", "is_zero", "random_points"]

_POINTS = 20
#: How sympy says that a tool does not apply; any of them means "unsure", never "shown".
TOOL_FAILURES = (RuntimeError, ArithmeticError, ValueError, TypeError, AttributeError)


@dataclass(frozen=True)
class ZeroTest:
    """The answer (shown, refuted, unsure), the tool that gave it, and the counterexample if there is one."""

    answer: str
    tool: str
    detail: str = ""


def is_zero(expression: Any, least: Mapping[Any, Any] | None = None) -> ZeroTest:
    """Return whether a sympy expression is identically zero on its symbols' domains.

    ``least`` gives the smallest value of a symbol, or (smallest, largest), where its assumptions allow more
    than the statement does. It keeps counterexamples inside the statement's domain.

    >>> import sympy
    >>> x = sympy.Symbol("x")
    >>> is_zero((x + 1) ** 2 - x**2 - 2 * x - 1).answer
    'shown'
    >>> is_zero((x + 1) ** 2 - x**2 - 1)
    ZeroTest(answer='refuted', tool='exact rational point', detail='at x = 25/9 the difference is 50/9')
    """
    import sympy

    expression = sympy.sympify(expression)
    if expression == 0:
        return ZeroTest("shown", "automatic evaluation")
    counter, tried = _counterexample(expression, least or {})
    if counter:
        return ZeroTest("refuted", "exact rational point", counter)
    for name, simplify in _strategies():
        try:
            if simplify(expression) == 0:
                return ZeroTest("shown", name)
        except TOOL_FAILURES:
            continue
    return ZeroTest("unsure", "random rationals", f"zero at {tried} random points: evidence, no proof")


def _strategies() -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """Yield the simplifications, cheap ones first."""
    import sympy

    yield "sympy expand", sympy.expand
    yield "sympy cancel", lambda e: sympy.cancel(sympy.together(e))
    yield "last terms peeled, cancel", lambda e: sympy.cancel(sympy.together(_peeled(e)))
    yield "sympy powsimp", lambda e: sympy.expand(sympy.powsimp(sympy.expand(e), force=False))
    yield "sympy factor", sympy.factor
    yield "sympy gammasimp", lambda e: sympy.cancel(sympy.gammasimp(e))
    yield "sympy combsimp", lambda e: sympy.simplify(sympy.combsimp(e))
    yield "sympy simplify", sympy.simplify
    yield "sums done, simplify", lambda e: sympy.simplify(e.doit())


def _peeled(expression: Any) -> Any:
    """Return the expression with each sum and product cut down to the shortest one of its kind in it.

    Sum(f, (i, a, g)) becomes Sum(f, (i, a, g - 1)) + f(g) if the shorter sum occurs too: that is all that an
    induction step over a sum needs.
    """
    import sympy

    long = expression.atoms(sympy.Sum, sympy.Product)
    for one in long:
        for other in long:
            if one.func != other.func or one.function != other.function or len(one.limits) != 1:
                continue
            (i, low, high), (j, other_low, other_high) = one.limits[0], other.limits[0]
            extra = sympy.expand(high - other_high)
            if i == j and low == other_low and extra.is_Integer and 0 < extra <= 4:
                last = [one.function.subs(i, other_high + k) for k in range(1, int(extra) + 1)]
                tail = sympy.Add(*last) if one.func is sympy.Sum else sympy.Mul(*last)
                joined = other + tail if one.func is sympy.Sum else other * tail
                expression = expression.xreplace({one: joined})
    return expression


def _counterexample(expression: Any, least: Mapping[Any, Any]) -> tuple[str, int]:
    """Return a point where the expression is not zero, in words (empty if none), and how many were tried."""
    import sympy

    tried = 0
    for point in random_points(expression.free_symbols, least):
        try:
            value = expression.xreplace(point).doit()
            nonzero = value != 0 if value.is_Rational else abs(sympy.N(value, 50)) > sympy.Float("1e-35", 50)
        except TOOL_FAILURES:
            continue
        if value.has(sympy.zoo, sympy.nan, sympy.oo) or nonzero not in (True, False):
            continue
        tried += 1
        if nonzero:
            where = ", ".join(f"{symbol} = {point[symbol]}" for symbol in sorted(point, key=str))
            size = value if value.is_Rational else sympy.N(value, 8)
            return (f"at {where} " if where else "") + f"the difference is {size}", tried
    return "", tried


def random_points(symbols: Any, least: Mapping[Any, Any], many: int = _POINTS) -> Iterator[dict[Any, Any]]:
    """Yield exact points that respect the symbols' assumptions and ranges, always the same ones.

    >>> import sympy
    >>> n, p = sympy.Symbol("n", integer=True, positive=True), sympy.Symbol("p", positive=True)
    >>> points = list(random_points({n, p}, {n: 5, p: (0, 1)}))
    >>> all(point[n] >= 5 and 0 < point[p] < 1 for point in points)
    True
    """
    source = random.Random(0)
    for _ in range(many if symbols else 1):
        yield {symbol: _random_value(symbol, least, source) for symbol in sorted(symbols, key=str)}


def _random_value(symbol: Any, least: Mapping[Any, Any], source: random.Random) -> Any:
    """Return an exact value of a symbol: a small integer, or a rational inside an open range."""
    import sympy

    default = 1 if symbol.is_positive and symbol.is_integer else 0 if symbol.is_nonnegative else None
    ends = least.get(symbol, default)
    low, high = ends if isinstance(ends, tuple) else (ends, None)
    if symbol.is_integer:
        first = -9 if low is None else low
        return sympy.Integer(source.randint(first, first + 11 if high is None else min(high, first + 11)))
    part = sympy.Rational(source.randrange(1, 40), source.randrange(3, 13))
    if high is not None:
        return low + (high - low) * part / (1 + part)
    if low is not None:
        return low + part
    return part if source.random() < 0.5 else -part
