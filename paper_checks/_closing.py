"""Whether a proof closes on the formula of its claim: a true statement about something else proves nothing here.

An identity of binomials is shown as well as any other. So a step counts towards EXACT only if one of the expressions
that it shows something about has, at every point of a check of that formula, the value that the check claims.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from paper_checks._claim import Check, Claim, late
from paper_checks._evidence import Evidence

__all__ = ["closing"]

#: Relative agreement of an expression, taken at 50 digits, with the claimed float.
AGREES = 1e-9


def closing(claim: Claim, steps: Sequence[Any], evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return the evidence of steps, each proof that closes on the claim's formula marked as such.

    >>> import sympy
    >>> from paper_checks._claim import Source
    >>> from paper_checks._licence import Binary
    >>> from paper_checks._mutants import Mutant
    >>> from paper_checks._proof import Identity, prove
    >>> n = sympy.Symbol("n")
    >>> steps = (Identity(statement="a half", sides=lambda: (n / 2, n - n / 2)),
    ...          Identity(statement="another thing", sides=lambda: ((n + 1) ** 2, n**2 + 2 * n + 1)))
    >>> check = Check(id="coin", estimand="heads", licence=Binary(), value=lambda p: p["n"] / 2, gap=0.1,
    ...               sampler=lambda seed, p: None, points=({"n": 1},), budget=4096,
    ...               mutants=(Mutant(name="whole", value=lambda p: 1.0),))
    >>> claim = Claim(id="nobody1900.half", source=Source(document="nobody1900", where="eq. (1)"), says="n/2",
    ...               relation="equal", domain={}, expected="EXACT", checks=(check,), proofs=steps)
    >>> [each.closes for each in closing(claim, steps, [prove(step) for step in steps])]
    [True, False]
    """
    return tuple(
        replace(found, closes=found.sound and found.grade == "proved" and _closes(claim, step))
        for step, found in zip(steps, evidence, strict=True)
    )


def _closes(claim: Claim, step: Any) -> bool:
    expressions = list(_expressions(step))
    checks = [check for check in claim.checks if check.of == step.of and check.side == "two"]
    return any(_meets(expression, check) for check in checks for expression in expressions)


def _expressions(step: Any) -> Iterator[Any]:
    """Yield what the step shows something about: both sides, or the closed form."""
    build = getattr(step, "sides", None) or getattr(step, "parts", None)
    if build is None:
        return
    import sympy

    yield from (each for each in build() if isinstance(each, sympy.Expr))


def _meets(expression: Any, check: Check) -> bool:
    from paper_checks._evaluate import evaluator

    names = {symbol.name for symbol in expression.free_symbols}
    if not names or any(names - set(point) for point in check.points):
        return False
    try:
        value, at = late(check.value), evaluator(expression, sorted(names))
        return all(_near(at(point), value(point)) for point in check.points)
    except Exception:
        # Whatever cannot be evaluated there, or is no number, does not close on it.
        return False


def _near(found: Any, claimed: Any) -> bool:
    return isinstance(claimed, (int, float)) and abs(found - claimed) <= AGREES * max(abs(claimed), 1e-300)
