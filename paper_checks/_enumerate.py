"""Exact evaluation in rationals: laws of finite chains, expectations, linear solves.

An enumeration is a proof at its parameter points. Where the value is no rational see ``_enclosure``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, lcm
from typing import Any, ClassVar, TypeVar

from groundwork.checks import count
from groundwork.errors import BadInput, MissingExtra
from paper_checks._enclosure import flint_module
from paper_checks._evidence import Evidence

__all__ = ["Enumeration", "binomial_law", "expectation", "law_after", "solve"]

State = TypeVar("State", bound=Hashable)


def binomial_law(n: int, p: Fraction) -> dict[int, Fraction]:
    """Return the binomial probabilities of 0 … n, exactly; zero ones are left out.

    >>> binomial_law(2, Fraction(1, 2))
    {0: Fraction(1, 4), 1: Fraction(1, 2), 2: Fraction(1, 4)}
    """
    n = count("n", n, least=0)
    p = Fraction(p)
    if not 0 <= p <= 1:
        raise BadInput("p", p, "a probability")
    law = {k: comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)}
    return {k: weight for k, weight in law.items() if weight}


def law_after(
    start: Mapping[State, Fraction], step: Callable[[State], Mapping[State, Fraction]], g: int
) -> dict[State, Fraction]:
    """Return the exact law of a chain after g steps; ``step`` gives the law of the next state.

    Each row must sum to exactly 1: a row of rounded numbers is refused.

    >>> law = law_after({1: Fraction(1)}, lambda k: binomial_law(2, Fraction(k, 2)), 2)
    >>> law[0], sum(law.values())
    (Fraction(3, 8), Fraction(1, 1))
    """
    weights, scale = _integers({state: Fraction(weight) for state, weight in start.items()})
    rows: dict[State, tuple[dict[State, int], int]] = {}
    for _ in range(count("g", g, least=0)):
        for state in weights.keys() - rows.keys():
            rows[state] = _integers(_checked_row(state, step(state)))
        # Whole numbers over one denominator: reducing every sum of fractions would cost a hundred times more.
        common = lcm(*(rows[state][1] for state in weights))
        after: dict[State, int] = {}
        for state, weight in weights.items():
            row, denominator = rows[state]
            factor = weight * (common // denominator)
            for new, chance in row.items():
                after[new] = after.get(new, 0) + factor * chance
        weights, scale = after, scale * common
    return {state: Fraction(weight, scale) for state, weight in weights.items()}


def _integers(law: Mapping[State, Fraction]) -> tuple[dict[State, int], int]:
    scale = lcm(*(weight.denominator for weight in law.values()))
    return {state: weight.numerator * (scale // weight.denominator) for state, weight in law.items()}, scale


def _checked_row(state: State, row: Mapping[State, Fraction]) -> Mapping[State, Fraction]:
    total = sum(row.values(), Fraction(0))
    if total != 1 or any(chance < 0 for chance in row.values()):
        raise BadInput(f"step({state!r})", float(total), "exact probabilities that sum to 1", "use Fractions")
    return row


def expectation(law: Mapping[State, Fraction], f: Callable[[State], Any]) -> Any:
    """Return the expectation of f under a finite law, exact if f is.

    >>> expectation(binomial_law(4, Fraction(1, 3)), lambda k: k)
    Fraction(4, 3)
    """
    return sum((weight * f(state) for state, weight in law.items()), Fraction(0))


def solve(matrix: Sequence[Sequence[Any]], right: Sequence[Any]) -> list[Fraction]:
    """Return the exact solution of a square linear system: hitting probabilities and times of finite chains.

    Gaussian elimination in Fractions; python-flint takes over where it is installed.

    >>> solve([[2, 1], [1, 3]], [3, 5])
    [Fraction(4, 5), Fraction(7, 5)]
    """
    rows = [[Fraction(x) for x in row] + [Fraction(b)] for row, b in zip(matrix, right, strict=True)]
    if any(len(row) != len(rows) + 1 for row in rows):
        raise BadInput("matrix", f"{len(rows)} rows", "a square matrix")
    try:
        return _flint_solve(rows)
    except MissingExtra:
        return _eliminated(rows)


def _eliminated(rows: list[list[Fraction]]) -> list[Fraction]:
    size = len(rows)
    for column in range(size):
        pivot = next((r for r in range(column, size) if rows[r][column]), None)
        if pivot is None:
            raise BadInput("matrix", f"rank {column}", "a regular matrix")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        lead = rows[column][column]
        rows[column] = [x / lead for x in rows[column]]
        for r in range(size):
            if r != column and rows[r][column]:
                factor = rows[r][column]
                rows[r] = [x - factor * y for x, y in zip(rows[r], rows[column], strict=True)]
    return [row[-1] for row in rows]


def _flint_solve(rows: list[list[Fraction]]) -> list[Fraction]:
    flint = flint_module()
    exact = [[flint.fmpq(x.numerator, x.denominator) for x in row] for row in rows]
    left = flint.fmpq_mat([row[:-1] for row in exact])
    try:
        found = left.solve(flint.fmpq_mat([[row[-1]] for row in exact]))
    except ZeroDivisionError:
        raise BadInput("matrix", "singular", "a regular matrix") from None
    return [Fraction(int(found[i, 0].p), int(found[i, 0].q)) for i in range(len(rows))]


@dataclass(frozen=True, kw_only=True)
class Enumeration:
    """Claimed values equal exact ones: ``cases`` builds (where, claimed, exact).

    Two rationals must be equal. A claimed float must be the exact value up to ``relative``, its own rounding.
    """

    statement: str
    cases: Callable[[], Iterable[tuple[str, Any, Fraction]]]
    relative: float = 1e-12
    of: str = "printed"
    kind: ClassVar[str] = "enumeration"

    def run(self) -> Evidence:
        """Return the evidence: equal at every case, or the first that differs."""
        many = 0
        for where, claimed, exact in self.cases():
            many += 1
            if not self._equal(claimed, exact):
                detail = f"at {where} it is {exact} = {float(exact)!r}, claimed {claimed}"
                return self._evidence("refuted", detail)
        return self._evidence("shown" if many else "unsure", f"{many} points" if many else "no point was given")

    def _equal(self, claimed: Any, exact: Fraction) -> bool:
        if isinstance(claimed, float):
            return abs(Fraction(claimed) - exact) <= Fraction(self.relative) * abs(exact)
        return Fraction(claimed) == exact

    def _evidence(self, answer: str, detail: str) -> Evidence:
        return Evidence(
            statement=self.statement,
            kind=self.kind,
            answer=answer,
            grade="enumerated",
            tool="exact rationals",
            detail=detail,
            of=self.of,
        )
