"""A formula against the exact form that theory has: equal, equal to an order in 1/n, or a bound, and how loose."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from paper_checks._estimands import Estimand
from paper_checks._estimands_loop import where
from paper_checks._evaluate import DIGITS, evaluator
from paper_checks._evidence import Evidence
from paper_checks._order import extrapolated, slopes
from paper_checks._zero import is_zero

__all__ = ["Remainder", "bound", "broken_bound", "compare", "exact_form", "remainder"]

Point = Mapping[str, Any]
#: Relative difference below which two values are one: theory promises ten digits.
SAME = 1e-9
#: Formulas that sympy is asked about: more operations than that may take it for ever.
_OPERATIONS = 80
_SLOPE_ERROR = 1e-3
_START, _DOUBLINGS = 256, 8


def exact_form(known: Estimand, fixed: Mapping[str, Any]) -> Any:
    """Return theory's sympy form at the fixed values, None where it has none.

    >>> from paper_checks._estimands import estimand
    >>> from paper_checks._estimands_loop import make_loop
    >>> exact_form(estimand(make_loop("location", "replace", "square_error")), {"sigma": 2.0})
    4*g/n
    """
    form = known.form() if known.form else None
    return None if form is None or isinstance(form, str) else _filled(form, fixed)


def _filled(expression: Any, fixed: Mapping[str, Any]) -> Any:
    import sympy

    values = {each: fixed[each.name] for each in expression.free_symbols if each.name in fixed}
    return expression.xreplace({each: sympy.Rational(str(value)) for each, value in values.items()})


def compare(
    expression: Any, known: Estimand, fixed: Mapping[str, Any], value: Callable[[Point], float], points: Sequence[Point]
) -> Evidence | None:
    """Return the evidence that theory's exact form gives for or against equality; None where it has none.

    >>> from paper_checks._estimands import estimand
    >>> from paper_checks._estimands_loop import make_loop
    >>> from theory.reading import read
    >>> known = estimand(make_loop("location", "replace", "square_error"))
    >>> compare(read("g*sigma**2/n"), known, {}, lambda p: 0.3, [{"n": 10, "g": 3, "sigma": 1.0}]).grade
    'proved'
    """
    if known.exact is None:
        return None
    statement = f"the formula is the exact mean ({known.source})"
    for point in points:
        here, exact = value(point), known.exact(point)
        if abs(here - exact) > SAME * max(abs(exact), abs(here)):
            detail = f"at {where(point)} it is {here:.10g}, and the exact mean is {exact:.10g}"
            return _evidence(statement, "identity", "refuted", "numeric", "values of both", detail)
    form = exact_form(known, fixed)
    if form is not None and _is_tame(form - _filled(expression, fixed)):
        result = is_zero(form - _filled(expression, fixed))
        if result.answer == "shown":
            return _evidence(statement, "identity", "shown", "proved", result.tool, "")
    return _evidence(statement, "identity", "shown", "numeric", "values of both", f"at {len(points)} points")


def _is_tame(expression: Any) -> bool:
    import sympy

    powers = [power.exp for power in expression.atoms(sympy.Pow) if power.exp.is_Integer]
    return expression.count_ops() <= _OPERATIONS and all(abs(power) <= 12 for power in powers)


def bound(
    exact: Callable[[Point], float], value: Callable[[Point], float], points: Sequence[Point], *, absolute: bool = False
) -> str:
    """Return in words whether the formula bounds the exact mean at all points, and how loosely; empty if it does not.

    ``absolute`` gives the distance itself, for a metric without a scale of its own.

    >>> bound(lambda p: 1.0, lambda p: 1.0 + p["g"], [{"g": 1}, {"g": 3}])
    'it is an upper bound at all 2 points tried, 100 % to 300 % above the exact mean'
    """
    pairs = [(value(point), exact(point)) for point in points]
    for sign, word, beside in ((1, "an upper", "above"), (-1, "a lower", "below")):
        gaps = [sign * (here - truth) / (1.0 if absolute else abs(truth) or 1.0) for here, truth in pairs]
        if all(gap >= -SAME for gap in gaps):
            sizes = [max(gap, 0.0) for gap in (min(gaps), max(gaps))]
            ends = " to ".join(f"{size:.3g}" if absolute else f"{100 * size:.3g} %" for size in sizes)
            many = f"at all {len(pairs)} points tried"
            return f"it is {word} bound {many}, {ends} {beside} the exact mean"
    return ""


def broken_bound(
    known: Estimand, value: Callable[[Point], float], points: Sequence[Point], side: str
) -> tuple[Any, ...]:
    """Return the evidence of a point where theory's exact mean breaks a bound, in a tuple; empty where none does.

    >>> known = Estimand(exact=lambda p: 1.0)
    >>> [each.detail for each in broken_bound(known, lambda p: 0.9, [{"g": 1}], "upper")]
    ['at g = 1 the bound is 0.9, and the exact mean is 1']
    """
    for point in points if known.exact is not None else ():
        here, truth = value(point), known.exact(point)  # type: ignore[misc]
        short = truth - here if side == "upper" else here - truth
        if short > SAME * max(abs(truth), abs(here)):
            detail = f"at {where(point)} the bound is {here:.10g}, and the exact mean is {truth:.10g}"
            statement = f"the exact mean ({known.source}) keeps to the bound"
            return (_evidence(statement, "bound", "refuted", "numeric", "values of both", detail),)
    return ()


@dataclass(frozen=True)
class Remainder:
    """exact - formula = coefficient n^-power + …; ``leading`` is the power of the exact form itself.

    ``power`` is infinite where the two agree. ``coefficient`` is a polynomial in g, in words, if one fits; ``at`` says
    at which values of the others.
    """

    power: float
    leading: float
    coefficient: str
    detail: str
    at: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the formula has the leading order right: its relative error vanishes as n grows."""
        return self.power > self.leading + 0.5

    def shown(self, power: int) -> Evidence:
        """Return the evidence that the remainder is O(n^-power)."""
        answer = "shown" if self.power >= power - _SLOPE_ERROR else "refuted"
        return _evidence(
            f"the remainder is O(n^-{power})", "order", answer, "numeric", f"slopes, {DIGITS} digits", self.detail
        )

    def words(self) -> str:
        """Return the order in words, with the next coefficient."""
        if math.isinf(self.power):
            return "it is exact"
        next_one = f", with the coefficient {self.coefficient}{self.at}" if self.coefficient else ""
        return f"it holds to order {self.power:.0f} in n: the remainder is O(n^-{self.power:.0f}){next_one}"


def remainder(form: Any, expression: Any, others: Mapping[str, Any]) -> Remainder | None:
    """Return how the difference of two expressions in n and g falls with n; None where that has no whole power.

    ``others`` are the values of further symbols. At g = 1 … 6, n doubles from 256 on; slopes and coefficients are
    extrapolated (Richardson), which is many digits and no proof.

    >>> import sympy
    >>> from theory.symbols import symbol
    >>> n, g = symbol("n"), symbol("g")
    >>> found = remainder(sympy.Integer(1) - (1 - 1 / n) ** g, g / n, {})
    >>> found.power, found.leading, found.coefficient
    (2.0, 1.0, '-g**2/2 + g/2')
    """
    import mpmath
    import sympy

    if _loops_over_n(form) or _loops_over_n(expression):
        return None
    names = ["n", "g", *others]
    exact, tried = evaluator(form, names), evaluator(expression, names)
    sizes = [_START * 2**k for k in range(_DOUBLINGS + 1)]
    powers, leading, scaled = [], [], []
    with mpmath.workdps(DIGITS):
        for g in range(1, 7):
            points = [{"n": n, "g": g, **others} for n in sizes]
            try:
                values = [exact(point) for point in points]
                errors = [x - tried(point) for x, point in zip(values, points, strict=True)]
            except (ZeroDivisionError, ValueError, TypeError, OverflowError):
                return None
            tiny = mpmath.mpf(10) ** (10 - DIGITS)
            if all(abs(e) <= tiny * abs(x) for e, x in zip(errors, values, strict=True)):
                scaled.append(None)
                continue
            if any(e == 0 or x == 0 or not mpmath.isfinite(e) for e, x in zip(errors, values, strict=True)):
                return None
            power, lead = (float(extrapolated(slopes(each))) for each in (errors, values))
            if abs(power - round(power)) > _SLOPE_ERROR or abs(lead - round(lead)) > _SLOPE_ERROR:
                return None
            powers.append(float(round(power)))
            leading.append(float(round(lead)))
            column = [e * mpmath.mpf(n) ** round(power) for e, n in zip(errors, sizes, strict=True)]
            scaled.append((round(power), extrapolated(column)))
    if not powers:
        return Remainder(math.inf, math.nan, "", "no difference")
    power = min(powers)
    ends = [mpmath.mpf(0) if each is None or each[0] > power else each[1] for each in scaled]
    coefficient = _polynomial(ends)
    detail = f"slope {power:.0f} at g = 1 … 6"
    text = "" if coefficient is None else str(sympy.expand(coefficient))
    return Remainder(power, max(leading), text, detail, f" (at {where(others)})" if others else "")


def _loops_over_n(expression: Any) -> bool:
    import sympy

    return any(
        "n" in {each.name for end in limit[1:] for each in end.free_symbols}
        for loop in expression.atoms(sympy.Sum, sympy.Product)
        for limit in loop.limits
    )


def _polynomial(values: list[Any]) -> Any:
    """Return the polynomial in g of degree 3 at most through values at 1 … 6, with simple coefficients, or None."""
    import sympy

    from theory.symbols import symbol

    exact = [sympy.nsimplify(sympy.Float(str(value), 15), rational=True, tolerance=1e-9) for value in values]
    if any(abs(float(a) - float(b)) > 1e-9 * max(1.0, abs(float(b))) for a, b in zip(exact, values, strict=True)):
        return None
    g = symbol("g")
    found = sympy.expand(sympy.interpolate([(k + 1, each) for k, each in enumerate(exact[:4])], g))
    return found if all(found.subs(g, k + 1) == each for k, each in enumerate(exact)) else None


def _evidence(statement: str, kind: str, answer: str, grade: str, tool: str, detail: str) -> Evidence:
    closes = kind == "identity" and answer == "shown" and grade == "proved"
    return Evidence(statement=statement, kind=kind, answer=answer, grade=grade, tool=tool, detail=detail, closes=closes)
