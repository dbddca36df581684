"""Proofs as data: statements with the pieces that sympy needs to show them again, every time.

A step holds functions that build its expressions, so that a claim can carry it without importing sympy.
Running it gives Evidence: shown, refuted (with a counterexample or the true value), or unsure. What a
tool cannot decide is unsure; it is never taken for shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from paper_checks._evidence import Evidence, timed
from paper_checks._sign import sign_of
from paper_checks._zero import TOOL_FAILURES, ZeroTest, is_zero

__all__ = ["Identity", "Induction", "Inequality", "Limit", "Recurrence", "Step", "prove"]

Build = Callable[[], tuple[Any, ...]]


class Step(Protocol):
    """A statement that can be shown again."""

    @property
    def statement(self) -> str: ...
    @property
    def of(self) -> str: ...
    def run(self) -> Evidence: ...


def prove(step: Step) -> Evidence:
    """Return what a step gives when it is run now.

    >>> import sympy
    >>> x = sympy.Symbol("x")
    >>> prove(Identity(statement="a binomial square", sides=lambda: ((x + 1) ** 2, x**2 + 2 * x + 1))).answer
    'shown'
    """
    return timed(step.run)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """left = right for all values of the symbols: ``sides`` builds (left, right).

    ``least`` maps the name of a symbol to the smallest value the statement speaks of, or to (smallest,
    largest).
    """

    statement: str
    sides: Build
    least: Mapping[str, Any] | None = None
    of: str = "printed"
    kind: ClassVar[str] = "identity"

    def run(self) -> Evidence:
        """Return the evidence for the identity."""
        left, right = self.sides()
        return _from_zero(self, is_zero(left - right, _symbols(left - right, self.least)))


@dataclass(frozen=True, kw_only=True)
class Induction:
    """A closed form f(g) meets f(first) = base and f(g) = step(f(g - 1), g) for g > first.

    ``parts`` builds (f, g, step, base): an expression, its symbol, the recursion as a function, and the
    value at the start. Both halves must reduce to 0, and both are reported.
    """

    statement: str
    parts: Build
    first: int = 1
    least: Mapping[str, Any] | None = None
    of: str = "printed"
    kind: ClassVar[str] = "induction"

    def run(self) -> Evidence:
        """Return the evidence: base and step."""
        closed, g, step, base = self.parts()
        start = is_zero(_at_integer(closed, g, self.first) - base, _symbols(closed - base, self.least))
        if start.answer != "shown":
            return _from_zero(self, start, "base: ")
        onward = step(closed.subs(g, g - 1), g) - closed
        least = {**_symbols(onward, self.least), g: self.first + 1}
        result = is_zero(onward, least)
        return _from_zero(self, result, f"base by {start.tool}; step: ")


@dataclass(frozen=True, kw_only=True)
class Recurrence:
    """The solution of a linear recurrence, found by sympy on its own, is the closed form.

    ``parts`` builds (recurrence, y, g, initial, expected): an expression in y(g), y(g-1), … that is 0, the
    function symbol, the index, a mapping from indices to values, and the closed form.
    """

    statement: str
    parts: Build
    of: str = "printed"
    kind: ClassVar[str] = "recurrence"

    def run(self) -> Evidence:
        """Return the evidence from sympy's own solution."""
        import sympy

        recurrence, y, g, initial, expected = self.parts()
        given = {y(index): value for index, value in initial.items()}
        try:
            solution = sympy.rsolve(recurrence, y(g), given)
        except TOOL_FAILURES as failure:
            return _answer(self, "unsure", "sympy rsolve", f"the solver failed: {failure}")
        if solution is None:
            return _answer(self, "unsure", "sympy rsolve", "the solver found no solution")
        result = is_zero(solution - expected)
        return _answer(self, result.answer, f"sympy rsolve, {result.tool}", f"{solution}; {result.detail}")


@dataclass(frozen=True, kw_only=True)
class Limit:
    """expression → expected as the variable grows: ``parts`` builds (expression, variable, expected).

    A rate is a limit too: of variable^p (expression - expected). Since a computer algebra system can be wrong
    about a limit, the distance at 10, 100 and 1000 must shrink as well before the limit counts as shown.
    """

    statement: str
    parts: Build
    of: str = "printed"
    kind: ClassVar[str] = "limit"

    def run(self) -> Evidence:
        """Return the evidence: sympy's limit, and the distances that go with it."""
        import sympy

        expression, variable, expected = self.parts()
        try:
            found = sympy.limit(expression, variable, sympy.oo)
        except (*TOOL_FAILURES, sympy.PoleError) as failure:
            return _answer(self, "unsure", "sympy limit", f"the tool failed: {failure}")
        if found.has(sympy.Limit, sympy.AccumBounds):
            return _answer(self, "unsure", "sympy limit", f"not evaluated: {found}")
        result = is_zero(found - expected)
        if result.answer != "shown":
            return _answer(self, result.answer, "sympy limit", f"the limit is {found}")
        if not _comes_nearer(expression, variable, expected):
            return _answer(self, "unsure", "sympy limit", "the values at 10, 100, 1000 do not come nearer")
        return _answer(self, "shown", "sympy limit, distances shrink", f"the limit is {found}")


@dataclass(frozen=True, kw_only=True)
class Inequality:
    """expression > 0 (or >= 0) on a domain of lower bounds: ``parts`` builds (expression, {symbol: low}).

    The expression is rational. It is factored; a factor whose coefficients, after each symbol is written
    as its low plus a number >= 0, all have one sign has that sign. Even powers have none to lose.
    """

    statement: str
    parts: Build
    strict: bool = True
    of: str = "printed"
    kind: ClassVar[str] = "inequality"

    def run(self) -> Evidence:
        """Return the evidence from the factors, or a point where the inequality fails."""
        expression, lows = self.parts()
        sign = sign_of(expression, lows)
        if sign.counterexample(self.strict):
            return _answer(self, "refuted", "exact rational point", sign.counterexample(self.strict))
        good = sign.direction > 0 and (sign.strict or not self.strict)
        return _answer(self, "shown" if good else "unsure", "sympy factor, coefficients", sign.factored)


def _comes_nearer(expression: Any, variable: Any, expected: Any) -> bool:
    import sympy

    from paper_checks._zero import random_points

    others = expression.free_symbols - {variable}
    point = next(random_points(others, {}))
    distances = []
    for size in (10, 100, 1000):
        value = expression.xreplace({**point, variable: sympy.Integer(size)}).doit()
        distances.append(abs(sympy.N(value - sympy.sympify(expected).xreplace(point), 40)))
    return bool(distances[2] < distances[0]) or all(distance == 0 for distance in distances)


def _at_integer(closed: Any, g: Any, first: int) -> Any:
    import sympy

    return closed.subs(g, sympy.Integer(first)).doit()


def _symbols(expression: Any, least: Mapping[str, Any] | None) -> dict[Any, Any]:
    """Return the symbols of an expression that have a smallest value of their own, with it."""
    import sympy

    lows = least or {}
    return {s: lows[s.name] for s in sympy.sympify(expression).free_symbols if s.name in lows}


def _from_zero(step: Any, result: ZeroTest, prefix: str = "") -> Evidence:
    return _answer(step, result.answer, prefix + result.tool, (prefix if result.detail else "") + result.detail)


def _answer(step: Any, answer: str, tool: str, detail: str) -> Evidence:
    return Evidence(
        statement=step.statement,
        kind=step.kind,
        answer=answer,
        grade="proved" if answer == "shown" else "numeric",
        tool=tool,
        detail=detail.strip("; "),
        of=step.of,
    )
