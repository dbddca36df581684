"""Formula mutants: which slips are made from a closed form, how large they are, what becomes of them."""

from __future__ import annotations

import math
from fractions import Fraction
from math import prod

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from groundwork.errors import BadInput
from paper_checks._evaluate import evaluator
from paper_checks._formula_mutants import as_mutants, exact_changes, formula_mutants
from paper_checks._mutants import Mutant, MutantReport, relative_change, sort_mutant

n, g, i = sympy.symbols("n g i", integer=True, positive=True)
sigma, d = sympy.Symbol("sigma", positive=True), sympy.Symbol("d", integer=True, positive=True)
C4 = sympy.sqrt(2 / (n - 1)) * sympy.gamma(n / 2) / sympy.gamma((n - 1) / 2)
W2 = sigma**2 * (g / n + 2 * (1 - C4**g))
RISK = sigma**2 * d / (n - d - 1) * sympy.Sum(1 / i**2, (i, 1, g))


def names(expression: sympy.Expr, **options: object) -> list[str]:
    return [mutant.name for mutant in formula_mutants(expression, **options)]


def test_every_kind_of_slip_is_made() -> None:
    made = {mutant.expression for mutant in formula_mutants(g / n + 3 * sigma**2)}
    assert made >= {
        sympy.Rational(51, 50) * (g / n + 3 * sigma**2),
        g / n + sympy.Rational(49, 50) * 3 * sigma**2,
        g / n,
        3 * sigma**2,
        (g + 1) / n + 3 * sigma**2,
        g / (n - 1) + 3 * sigma**2,
        g / n + 3 * sigma**3,
        g / n + 3 * sigma,
        g / n**2 + 3 * sigma**2,
    }


def test_no_mutant_is_the_formula_and_no_two_are_equal() -> None:
    for formula in (W2, RISK, g / n, (1 - 1 / n) ** g):
        mutants = formula_mutants(formula)
        results = [mutant.expression for mutant in mutants]
        assert formula not in results
        assert len(set(results)) == len(results)
        assert len({mutant.name for mutant in mutants}) == len(mutants)


def test_a_symbol_is_shifted_everywhere_and_at_each_place() -> None:
    results = {mutant.expression for mutant in formula_mutants(W2)}
    assert W2.xreplace({n: n - 1}) in results
    assert sigma**2 * (g / (n - 1) + 2 * (1 - C4**g)) in results
    assert sigma**2 * (g / n + 2 * (1 - C4 ** (g + 1))) in results
    assert sigma**2 * g / n in results


def test_the_bound_variable_of_a_sum_is_left_alone_and_its_end_is_not() -> None:
    total = sympy.Sum(1 / i**2, (i, 1, g))
    results = [mutant.expression for mutant in formula_mutants(total)]
    assert sympy.Sum(1 / i**2, (i, 1, g + 1)) in results
    assert sympy.Sum(1 / i**3, (i, 1, g)) in results
    assert all(mutant.free_symbols <= {g} for mutant in results)


def test_the_marker_of_the_estimator_is_swapped() -> None:
    ddof = sympy.Symbol("ddof", integer=True, nonnegative=True)
    variance = (n - 1) / (n - ddof)
    swapped = next(m for m in formula_mutants(variance, marker=ddof) if m.name == "ddof -> 1 - ddof")
    assert swapped.expression == (n - 1) / (n - 1 + ddof)


@given(st.integers(2, 200), st.integers(1, 60))
def test_changes_are_exact(size: int, generation: int) -> None:
    changes = exact_changes(g / n, formula_mutants(g / n), [{"n": size, "g": generation}])
    assert changes["n -> n + 1"][0] == float(Fraction(size, size + 1) - 1)
    assert changes["g -> g + 1"][0] == pytest.approx(1 / generation, rel=1e-15)
    assert changes["g/n x 1.02"][0] == pytest.approx(0.02, rel=1e-14)


def test_the_printed_changes_of_the_example_are_found() -> None:
    """Section 3.A: +19.7 % for one generation more, +3.5 % for n - 1 in the drift, -33.7 % without sigma."""
    point = {"n": 20, "g": 5, "sigma": 1}
    changes = [100 * row[0] for row in exact_changes(W2, formula_mutants(W2), [point]).values()]
    for printed in (19.7, 3.5, -33.7, 2.0, -2.0):
        assert min(abs(change - printed) for change in changes) < 0.06


def test_values_survive_large_arguments_sums_and_strings_beside_them() -> None:
    big = {"n": 500_000, "g": 3, "sigma": 1, "workflow": "replace"}
    assert float(evaluator(W2, ["n", "g", "sigma"])(big)) == pytest.approx(4.5 / 500_000, rel=1e-5)
    assert float(evaluator(RISK, ["n", "d", "g", "sigma"])({"n": 20, "d": 5, "g": 2, "sigma": 2})) == 4 * 5 / 14 * 1.25
    assert set(exact_changes(W2, formula_mutants(W2), [big]))
    with pytest.raises(BadInput, match="sigma"):
        evaluator(W2, ["n", "g"])


def test_a_mutant_without_a_value_is_seen_by_anybody() -> None:
    formula = 1 / (n - d - 1)
    singular = next(m for m in formula_mutants(formula) if m.expression == 1 / (n - d - 2))
    assert exact_changes(formula, [singular], [{"n": 7, "d": 5}]) == {singular.name: [float("inf")]}
    value = next(m for m in as_mutants(formula, ["n", "d"]) if m.name == singular.name).value
    assert value is not None
    assert math.isnan(value({"n": 7, "d": 5}))


def test_fifty_digits_are_fifty_also_for_quotients_of_integers_and_inside_sums() -> None:
    """Python ints in lambdified code divide as float64: seventeen digits at most would agree."""
    with mpmath.workdps(50):
        cases = [
            (g / n, Fraction(7, 3)),
            (sympy.Sum(1 / i**2, (i, 1, g)), sum((Fraction(1, k * k) for k in range(1, 8)), Fraction(0))),
            ((1 - 1 / n) ** g, Fraction(2, 3) ** 7),
            (
                sympy.Product(1 + 1 / (n * i), (i, 1, g - 1)),
                prod(1 + Fraction(1, 3 * k) for k in range(1, 7)),
            ),
        ]
        j = sympy.Symbol("j", integer=True, positive=True)
        nested = sympy.Sum(j / i, (j, 1, i), (i, 1, g))
        cases.append((nested, sum((Fraction(k + 1, 2) for k in range(1, 8)), Fraction(0))))
        for expression, exact in cases:
            value = evaluator(expression, ["n", "g"])({"n": 3, "g": 7})
            assert abs(value - mpmath.mpf(exact.numerator) / exact.denominator) < mpmath.mpf(10) ** -47
        zeta = evaluator(sympy.Sum(1 / i**2, (i, 1, sympy.oo)), [])({})
        assert abs(zeta - mpmath.pi**2 / 6) < mpmath.mpf(10) ** -40


def test_equivalent_mutants_carry_their_reason_and_unknown_names_are_refused() -> None:
    reason = {"g -> g + 1": ("a martingale does not know g", "other2000.x/drift")}
    mutant = next(m for m in as_mutants(g / n, ["g", "n"], equivalent=reason) if m.name == "g -> g + 1")
    assert (mutant.equivalent, mutant.killed_by) == reason["g -> g + 1"]
    with pytest.raises(BadInput, match="names of mutants"):
        as_mutants(g / n, ["g", "n"], equivalent={"no such": ("because", "x")})


def test_mutants_are_sorted_by_what_can_be_seen() -> None:
    assert sort_mutant([0.0, 0.02], [0.01, 0.02]) == "killable"
    assert sort_mutant([float("nan")], [0.01]) == "killable"
    assert sort_mutant([0.0, 0.009], [0.01, 0.01]) == "below"
    assert sort_mutant([0.0, 0.0], [0.01, 0.01]) == "equivalent"


def test_changes_relative_to_zero_are_absolute() -> None:
    assert relative_change(0.3, 0.0) == 0.3
    assert relative_change(-1.0, -2.0) == 0.5


def test_a_report_without_a_kill_is_not_complete() -> None:
    assert not MutantReport().complete


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"value": None},
        {"sampler": "some.sampler"},
        {"equivalent": "for a reason"},
        {"killed_by": "other"},
    ],
)
def test_a_mutant_without_content_is_refused(wrong: dict[str, object]) -> None:
    good: dict[str, object] = {"name": "x", "value": lambda point: 1.0}
    with pytest.raises(BadInput):
        Mutant(**(good | wrong))  # type: ignore[arg-type]
