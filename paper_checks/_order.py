"""Order of a remainder: the slope of its logarithm under n → 2n at many digits, and the next coefficient.

If exact(n) - approximation(n) = c n^-p + O(n^-(p+1)), then log2 of the ratio of errors at n and 2n tends
to p, and n^p times the error to c; both are extrapolated in powers of 1/n (Richardson). This is done at
high precision and is no proof, so it is graded numeric; where the exact form is rational in n the limit
of n^p (exact - approximation) is taken by sympy as well, and then it is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

from groundwork.checks import count
from groundwork.errors import BadInput
from paper_checks._evaluate import DIGITS, evaluator
from paper_checks._evidence import Evidence
from paper_checks._proof import Build
from paper_checks._zero import TOOL_FAILURES, is_zero

__all__ = ["Order", "extrapolated", "slopes"]

_SLOPE_ERROR = 1e-3
_COEFFICIENT_ERROR = 1e-9


@dataclass(frozen=True, kw_only=True)
class Order:
    """exact - approximation = coefficient · variable^-power + O(variable^-(power + 1)).

    ``parts`` builds (exact, approximation, variable, coefficient), the last None if only the order is
    claimed. ``points`` fix the other parameters. ``start`` is the smallest size; it is doubled
    ``doublings`` times, and must be large against the other parameters for the remainder to be in its
    regime.
    """

    statement: str
    parts: Build
    power: int
    points: tuple[Mapping[str, Any], ...]
    start: int = 256
    doublings: int = 9
    of: str = "printed"
    kind: ClassVar[str] = "order"

    def __post_init__(self) -> None:
        count("power", self.power)
        count("doublings", self.doublings, least=2, way_out="an order needs at least three sizes")
        if not self.points:
            raise BadInput("points", self.points, "at least one, {} where there is no other parameter")

    def run(self) -> Evidence:
        """Return the evidence: slope and coefficient at every point, and a proof where one can be had."""
        exact, approximation, variable, coefficient = self.parts()
        findings = [self._at(exact, approximation, variable, coefficient, point) for point in self.points]
        wrong = next((detail for good, detail in findings if not good), "")
        if wrong:
            return self._evidence("refuted", "numeric", wrong)
        detail = "; ".join(detail for _, detail in findings)
        proof = self._proof(exact, approximation, variable, coefficient)
        if proof == "refuted":
            return self._evidence("refuted", "numeric", "sympy's limit is another coefficient")
        return self._evidence("shown", "proved" if proof == "shown" else "numeric", detail)

    def _at(
        self, exact: Any, approximation: Any, variable: Any, coefficient: Any, point: Mapping[str, Any]
    ) -> tuple[bool, str]:
        import mpmath

        sizes = [self.start * 2**k for k in range(self.doublings + 1)]
        names = [variable.name, *point]
        f, a = evaluator(exact, names), evaluator(approximation, names)
        with mpmath.workdps(DIGITS):
            errors = [f({**point, variable.name: n}) - a({**point, variable.name: n}) for n in sizes]
            where = ", ".join(f"{name} = {value}" for name, value in point.items()) or "no other parameter"
            if any(error == 0 for error in errors):
                return False, f"{where}: the difference vanishes, so it has no order"
            slope = extrapolated(slopes(errors))
            limit = extrapolated([error * mpmath.mpf(n) ** self.power for error, n in zip(errors, sizes, strict=True)])
            seen = f"{where}: slope {mpmath.nstr(slope, 8)}"
            if abs(slope - self.power) > _SLOPE_ERROR:
                # The coefficient of n^-power is 0 or infinite here, whatever the extrapolation gives.
                return False, f"{seen}, not {self.power}"
            said = f"{seen}, coefficient {mpmath.nstr(limit, 12)}"
            if coefficient is None:
                return True, said
            wanted = evaluator(coefficient, list(point))(point)
            if abs(limit - wanted) > _COEFFICIENT_ERROR * max(1, abs(wanted)):
                return False, f"{said}, not {mpmath.nstr(wanted, 12)}"
            return True, said

    def _proof(self, exact: Any, approximation: Any, variable: Any, coefficient: Any) -> str:
        """Return shown or refuted if sympy can take the limit of a rational remainder, else unsure."""
        import sympy

        remainder: Any = sympy.together(exact - approximation)
        if coefficient is None or not remainder.is_rational_function(variable):
            return "unsure"
        try:
            limit = sympy.limit(variable**self.power * remainder, variable, sympy.oo)
        except (*TOOL_FAILURES, sympy.PoleError):
            return "unsure"
        return is_zero(limit - coefficient).answer

    def _evidence(self, answer: str, grade: str, detail: str) -> Evidence:
        return Evidence(
            statement=self.statement,
            kind=self.kind,
            answer=answer,
            grade=grade,
            tool="sympy limit" if grade == "proved" else f"mpmath, {DIGITS} digits",
            detail=detail,
            of=self.of,
        )


def slopes(errors: list[Any]) -> list[Any]:
    """Return log2 |e(n) / e(2n)| along errors at doubling sizes, one fewer than the errors.

    >>> [float(s) for s in slopes([16.0, 4.0, 1.0])]
    [2.0, 2.0]
    """
    import mpmath

    return [mpmath.log(abs(a / b), 2) for a, b in pairwise(errors)]


def extrapolated(values: list[Any]) -> Any:
    """Return the limit of values at doubling sizes that approach it in powers of 1/n (Richardson 1911).

    >>> extrapolated([1 + 1 / n for n in (1, 2, 4, 8)])
    1.0
    """
    column = list(values)
    for power in range(1, len(values)):
        factor = 2**power
        column = [(factor * b - a) / (factor - 1) for a, b in pairwise(column)]
    return column[0]
