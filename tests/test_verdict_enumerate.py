"""Exact laws, solves and enclosures against other ways to the same number."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwork.errors import BadInput, MissingExtra
from paper_checks import _enclosure
from paper_checks._arithmetic import interval_ends
from paper_checks._enclosure import Enclosed, enclose
from paper_checks._enumerate import Enumeration, _eliminated, binomial_law, expectation, law_after, solve
from paper_checks._proof import prove


def wright_fisher(m: int, start: int, g: int) -> dict[int, Fraction]:
    return law_after({start: Fraction(1)}, lambda j: binomial_law(m, Fraction(j, m)), g)


@given(m=st.integers(1, 9), g=st.integers(0, 8), data=st.data())
def test_the_chain_is_a_martingale_with_the_known_heterozygosity(m: int, g: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, m))
    law = wright_fisher(m, start, g)
    share = Fraction(start, m)
    assert sum(law.values()) == 1
    assert expectation(law, lambda j: Fraction(j, m)) == share
    mixed = expectation(law, lambda j: Fraction(j, m) * (1 - Fraction(j, m)))
    assert mixed == share * (1 - share) * (1 - Fraction(1, m)) ** g


@pytest.mark.parametrize("m", [2, 5, 10])
def test_fixation_is_a_linear_solve_with_the_known_answer(m: int) -> None:
    inner = range(1, m)
    rows = {j: binomial_law(m, Fraction(j, m)) for j in inner}
    matrix = [[Fraction(int(j == k)) - rows[j].get(k, Fraction(0)) for k in inner] for j in inner]
    assert solve(matrix, [rows[j][m] for j in inner]) == [Fraction(j, m) for j in inner]


@given(st.lists(st.lists(st.integers(-5, 5), min_size=3, max_size=3), min_size=3, max_size=3))
def test_a_solution_solves_and_a_singular_matrix_is_refused(matrix: list[list[int]]) -> None:
    a, b, c = matrix
    determinant = (
        a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0])
    )
    if determinant == 0:
        with pytest.raises(BadInput, match="regular"):
            solve(matrix, [1, 2, 3])
    else:
        found = solve(matrix, [1, 2, 3])
        assert [sum(x * y for x, y in zip(row, found, strict=True)) for row in matrix] == [1, 2, 3]


def test_rounded_rows_and_bad_probabilities_are_refused() -> None:
    with pytest.raises(BadInput, match="sum to 1"):
        law_after({0: Fraction(1)}, lambda _: {0: Fraction(1, 3), 1: Fraction(0.666)}, 1)
    with pytest.raises(BadInput, match="sum to 1"):
        law_after({0: Fraction(1)}, lambda _: {0: Fraction(3, 2), 1: Fraction(-1, 2)}, 1)
    with pytest.raises(BadInput):
        binomial_law(3, Fraction(4, 3))
    with pytest.raises(BadInput):
        law_after({0: Fraction(1)}, lambda _: {0: Fraction(1)}, -1)
    with pytest.raises(BadInput, match="square"):
        solve([[1, 2]], [1])


def c4(n: int) -> Any:
    return lambda a: a.sqrt(a.number(2, n - 1)) * a.gamma(a.number(n, 2)) / a.gamma(a.number(n - 1, 2))


@pytest.mark.parametrize("n", [2, 20, 50, 301])
def test_an_enclosure_holds_the_value_and_is_two_floats_wide(n: int) -> None:
    found = enclose(c4(n))
    with mpmath.workdps(60):
        k = mpmath.mpf(n - 1)
        value = mpmath.sqrt(2 / k) * mpmath.gamma((k + 1) / 2) / mpmath.gamma(k / 2)
        assert found.low <= value <= found.high
    assert found.high <= math.nextafter(found.low, 2)
    assert not found.holds(found.high * (1 + 1e-9))


def test_intervals_widen_with_what_is_lost() -> None:
    """(1 + 10^-30) - 1 at 20 digits: the interval says how little is known, a float would say 0."""
    low, high = interval_ends(lambda a: (a.number(1) + a.number(1, 10**30)) - 1, digits=20)
    assert low <= Fraction(1, 10**30) <= high
    assert high - low > Fraction(1, 10**25)


def test_the_precision_of_the_interval_context_is_put_back() -> None:
    before = mpmath.iv.prec
    interval_ends(lambda a: a.exp(a.log(a.pi())), digits=80)
    assert mpmath.iv.prec == before


def test_the_fallback_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise MissingExtra("python-flint", "certify")

    monkeypatch.setattr(_enclosure, "flint_module", absent)
    assert enclose(c4(20)).tool == "mpmath iv"
    for function in (lambda a: a.digamma(a.number(3)), lambda a: a.zeta(a.number(3))):
        with pytest.raises(MissingExtra, match="certify"):
            enclose(function)


def test_an_undefined_value_is_refused() -> None:
    with pytest.raises((BadInput, ZeroDivisionError)):
        enclose(lambda a: a.number(1) / (a.number(1, 3) - a.number(1, 3)))


def test_balls_and_intervals_agree_where_both_are_installed() -> None:
    pytest.importorskip("flint")
    found = enclose(c4(50))
    assert found.tool == "python-flint arb"
    low, high = interval_ends(c4(50), digits=50)
    assert found.low <= float(high)
    assert float(low) <= found.high
    euler = enclose(lambda a: -a.digamma(a.number(1)))
    assert euler.low <= 0.5772156649015329 <= euler.high
    assert enclose(lambda a: a.zeta(a.number(2)) - a.pi() * a.pi() / 6).holds(0.0)
    system = [[Fraction(2), Fraction(1, 3), Fraction(1)], [Fraction(1), Fraction(3), Fraction(5)]]
    assert solve([row[:-1] for row in system], [row[-1] for row in system]) == _eliminated(system)


def test_enumerations_are_shown_refuted_or_empty() -> None:
    def step(cases: list[tuple[str, Any, Fraction]]) -> Enumeration:
        return Enumeration(statement="heterozygosity", cases=lambda: cases)

    exact = Fraction(27, 64)
    assert prove(step([("M = 4", exact, exact), ("M = 4", float(exact), exact)])).rigorous
    refuted = prove(step([("M = 4", exact, exact), ("M = 5", exact + Fraction(1, 10**40), exact)]))
    assert (refuted.answer, refuted.grade) == ("refuted", "enumerated")
    assert "M = 5" in refuted.detail
    assert prove(step([("M = 4", float(exact) * (1 + 1e-9), exact)])).answer == "refuted"
    assert prove(step([])).answer == "unsure"


def test_enclosed_values_are_certified_or_refuted() -> None:
    def step(claimed: float) -> Enclosed:
        return Enclosed(statement="c4 at 20", cases=lambda: [("n = 20", claimed, c4(20))])

    value = math.sqrt(2 / 19) * math.exp(math.lgamma(10) - math.lgamma(9.5))
    assert (prove(step(value)).answer, prove(step(value)).grade) == ("shown", "certified")
    assert prove(step(value * (1 + 1e-10))).answer == "refuted"
    assert prove(Enclosed(statement="none", cases=list)).answer == "unsure"
