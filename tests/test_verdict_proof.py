"""Proof steps: true statements are shown again, planted false ones are refused, the rest is unsure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy

from groundwork.errors import BadInput
from paper_checks._evidence import Evidence
from paper_checks._order import Order, extrapolated
from paper_checks._proof import Identity, Induction, Inequality, Limit, Recurrence, Step, prove
from paper_checks._sign import sign_of
from paper_checks._zero import is_zero

n, g, i, M, k = sympy.symbols("n g i M k", integer=True, positive=True)
x, y = sympy.symbols("x y", real=True)
s = sympy.Symbol("sigma", positive=True)
C4 = sympy.sqrt(2 / (n - 1)) * sympy.gamma(n / 2) / sympy.gamma((n - 1) / 2)
W2 = g / n + 2 * (1 - C4**g)


def square_sum(upper: Any) -> Any:
    return sympy.Sum(1 / i**2, (i, 1, upper))


def induction(closed: Any, step: object, base: Any, first: int = 1) -> Induction:
    return Induction(statement="by induction", parts=lambda: (closed, g, step, base), first=first)


def identity(left: Any, right: Any) -> Identity:
    return Identity(statement="an identity", sides=lambda: (left, right))


def recurrence(expected: Any) -> Recurrence:
    f = sympy.Function("f")
    return Recurrence(
        statement="the drift of the mean",
        parts=lambda: (f(k) - f(k - 1) - s**2 / n, f, k, {0: sympy.Integer(0)}, expected),
    )


def limit(expression: Any, expected: Any) -> Limit:
    return Limit(statement="a limit", parts=lambda: (expression, n, expected))


def inequality(expression: Any, lows: dict[sympy.Symbol, int], strict: bool = True) -> Inequality:
    return Inequality(statement="an inequality", parts=lambda: (expression, lows), strict=strict)


def remainder(approximation: Any, coefficient: Any | None, power: int = 2) -> Order:
    return Order(
        statement="the order of the remainder",
        parts=lambda: (W2, approximation, n, coefficient),
        power=power,
        points=({"g": 1}, {"g": 5}, {"g": 30}),
    )


TRUE: dict[str, Step] = {
    "drift": induction(g * s**2 / n, lambda v, g: v + s**2 / n, s**2 / n),
    "shrinking variance": induction((1 - 1 / n) ** g, lambda v, g: v * (1 - 1 / n), 1 - 1 / n),
    "second moment": induction((1 + 2 / (n - 1)) ** g, lambda v, g: v * (1 + 2 / (n - 1)), (n + 1) / (n - 1)),
    "heterozygosity from 0": induction((1 - 1 / M) ** g, lambda v, g: v * (M - 1) / M, sympy.Integer(1), first=0),
    "sum of squares": induction(s**2 * square_sum(g), lambda v, g: v + s**2 / g**2, s**2),
    "product": induction(sympy.Product(1 + 1 / (n * i), (i, 1, g)), lambda v, g: v * (1 + 1 / (n * g)), 1 + 1 / n),
    "binomial": identity((x + y) ** 3, x**3 + 3 * x**2 * y + 3 * x * y**2 + y**3),
    "gamma ratio": identity(sympy.gamma(n + 2) / sympy.gamma(n), n * (n + 1)),
    "square roots": identity(sympy.sqrt(x**2 + 2 * x * y + y**2) ** 2, (x + y) ** 2),
    "two times in one": identity(sympy.cos(x) ** 2 + sympy.sin(x) ** 2, sympy.Integer(1)),
    "sum done": identity(sympy.Sum(i, (i, 1, n)), n * (n + 1) / 2),
    "solved drift": recurrence(k * s**2 / n),
    "exponential limit": limit((1 + 2 / (n - 1)) ** (5 * n), sympy.exp(10)),
    "sum to infinity": limit(sympy.harmonic(n, 2), sympy.pi**2 / 6),
    "a rate": limit(n * (s**2 * n / (n - 1) - s**2), s**2),
    "tail above": inequality(1 / (i - 1) - 1 / i - 1 / i**2, {i: 2}),
    "tail below": inequality(1 / i**2 - (1 / i - 1 / (i + 1)), {i: 1}),
    "a square": inequality((x - y) ** 2 + 1 - 1, {x: 0, y: 0}, strict=False),
    "negative denominator": inequality(-1 / (1 - n), {n: 2}),
    "positive reals": inequality(s**2 / n, {}),
    "second order": remainder(sympy.Rational(3, 2) * g / n, g / 2 - g**2 / 16),
    "order alone": remainder(sympy.Rational(3, 2) * g / n, None),
}

FALSE: dict[str, Step] = {
    "drift with n - 1 in the step": induction(g * s**2 / n, lambda v, g: v + s**2 / (n - 1), s**2 / n),
    "drift with a wrong base": induction(g * s**2 / n, lambda v, g: v + s**2 / n, 2 * s**2 / n),
    "one generation more": induction((1 - 1 / n) ** (g + 1), lambda v, g: v * (1 - 1 / n), 1 - 1 / n),
    "sum that starts late": induction(sympy.Sum(1 / i**2, (i, 2, g)), lambda v, g: v + 1 / g**2, sympy.Integer(1)),
    "square_sum with a cube": induction(square_sum(g), lambda v, g: v + 1 / g**3, sympy.Integer(1)),
    "binomial": identity((x + y) ** 3, x**3 + 3 * x**2 * y + 3 * x * y**2 + y**2),
    "gamma ratio": identity(sympy.gamma(n + 2) / sympy.gamma(n), n * (n + 2)),
    "true at one point only": identity((n - 3) * (n - 4) * (n - 7), sympy.Integer(0)),
    "solved drift": recurrence((k + 1) * s**2 / n),
    "exponential limit": limit((1 + 2 / (n - 1)) ** (5 * n), sympy.exp(5)),
    "sum to infinity": limit(sympy.harmonic(n, 2), sympy.pi**2 / 8),
    "tail the wrong way": inequality(1 / i**2 - 1 / (i - 1) + 1 / i, {i: 2}),
    "strict where it vanishes": inequality(x**2 - 2 * x * y + y**2 - (x - y) ** 2, {x: 0, y: 0}),
    "negative somewhere": inequality(n**2 - 5 * n + 5, {n: 1}, strict=False),
    "first order for second": remainder(sympy.Rational(153, 100) * g / n, None),
    "index slip": remainder(sympy.Rational(3, 2) * (g + 1) / n, None),
    "another coefficient": remainder(sympy.Rational(3, 2) * g / n, g / 2 - g**2 / 15),
    "another order": remainder(sympy.Rational(3, 2) * g / n, None, power=3),
}


@pytest.mark.parametrize("name", TRUE)
def test_a_true_statement_is_shown_and_says_by_what(name: str) -> None:
    evidence = prove(TRUE[name])
    assert evidence.answer == "shown", evidence
    assert evidence.sound
    assert evidence.tool
    assert evidence.seconds > 0


@pytest.mark.parametrize("name", FALSE)
def test_a_false_statement_comes_back_refused_with_the_reason(name: str) -> None:
    evidence = prove(FALSE[name])
    assert evidence.answer == "refuted", evidence
    assert not evidence.sound
    assert not evidence.rigorous
    assert evidence.detail


def test_many_digits_are_no_proof_and_a_rational_remainder_is() -> None:
    assert not prove(TRUE["second order"]).rigorous
    rational = Order(
        statement="rational",
        parts=lambda: (g / (n - 1), g / n, n, g),
        power=2,
        points=({"g": 3},),
    )
    assert prove(rational).rigorous


def test_an_order_needs_three_sizes_and_a_point() -> None:
    step = remainder(sympy.Rational(3, 2) * g / n, None)
    for wrong in ({"doublings": 1}, {"power": 0}, {"points": ()}):
        with pytest.raises(BadInput):
            replace(step, **wrong)


def test_the_slope_and_the_coefficient_are_the_printed_ones() -> None:
    detail = prove(TRUE["second order"]).detail
    assert "g = 1: slope 2.0, coefficient 0.4375" in detail
    assert "g = 5: slope 2.0, coefficient 0.9375" in detail
    assert "g = 30: slope 2.0, coefficient -41.25" in detail


def test_what_no_tool_decides_is_unsure_and_not_shown() -> None:
    """True, but not by the signs of its coefficients; and a limit that does not exist."""
    assert prove(inequality(x**2 - x + 1, {x: 0})).answer == "unsure"
    assert prove(limit(sympy.sin(n), sympy.Integer(0))).answer == "unsure"


def test_twenty_zeros_are_evidence_and_no_proof() -> None:
    unproved = is_zero(sympy.floor(n / 2) + sympy.ceiling(n / 2) - n)
    assert unproved.answer == "unsure"
    assert unproved.detail == "zero at 20 random points: evidence, no proof"
    halves = prove(identity(sympy.floor(n / 2) + sympy.ceiling(n / 2), n))
    assert (halves.answer, halves.grade, halves.sound) == ("unsure", "numeric", False)


def test_a_sign_needs_a_denominator_that_cannot_vanish() -> None:
    assert sign_of(1 / (n - 2), {n: 2}).direction == 0
    assert sign_of(1 / (n - 2), {n: 3}).direction == 1
    assert sign_of(-((x - y) ** 2), {x: 0, y: 0}).direction == -1
    assert not sign_of((x - y) ** 2, {x: 0, y: 0}).strict


def test_a_sign_is_not_taken_from_a_larger_domain_than_the_statement_has() -> None:
    share = sympy.Symbol("share", nonnegative=True)
    for expression in (share - sympy.Rational(1, 2), n - 2, n - sympy.Rational(3, 2), x + 1):
        assert sign_of(expression, {}).direction == 0
    assert (sign_of(n - 1, {}).direction, sign_of(n - 1, {}).strict) == (1, False)
    assert (sign_of(share, {}).direction, sign_of(share, {}).strict) == (1, False)
    assert (sign_of(s, {}).direction, sign_of(s, {}).strict) == (1, True)
    assert not sign_of(s * share, {}).strict


def test_a_counterexample_outside_the_domain_counts_for_nothing() -> None:
    share = sympy.Symbol("share", nonnegative=True)
    sides = lambda: (sympy.sqrt((1 - share) ** 2), 1 - share)  # noqa: E731
    assert prove(Identity(statement="for every share", sides=sides)).answer == "refuted"
    inside = prove(Identity(statement="for shares up to 1", sides=sides, least={"share": (0, 1)}))
    assert inside.answer == "unsure"


def test_a_number_is_zero_or_not() -> None:
    assert is_zero(sympy.Integer(0)).answer == "shown"
    assert is_zero(sympy.Integer(1)).answer == "refuted"
    assert is_zero(sympy.sqrt(2) + sympy.sqrt(3) - sympy.sqrt(10)).answer == "refuted"
    assert is_zero(sympy.sqrt(2) + sympy.sqrt(3) - sympy.sqrt(5 + 2 * sympy.sqrt(6))).answer == "shown"


def test_extrapolation_is_exact_for_a_polynomial_in_one_over_n() -> None:
    sizes = [2**j for j in range(5)]
    assert extrapolated([3 - 2 / m + 5 / m**2 - 1 / m**3 for m in sizes]) == pytest.approx(3, abs=1e-12)


def test_evidence_is_json_ready() -> None:
    row = prove(TRUE["drift"]).as_dict()
    assert (row["grade"], row["rigorous"], row["kind"]) == ("proved", True, "induction")
    weak = Evidence(statement="x", kind="order", answer="shown", grade="numeric", tool="mpmath")
    assert weak.sound
    assert not weak.rigorous
