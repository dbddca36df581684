"""Discrete quantities against the multinomial chain enumerated on all its states in exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests import exact
from tests.strategies import simplexes
from theory import discrete

#: Relative alone: approx keeps an absolute 1e-12 beside a relative tolerance, which small values would hide behind.
near = partial(pytest.approx, abs=0.0)


def fractions(p: list[float]) -> tuple[Fraction, ...]:
    return tuple(Fraction(x).limit_denominator(100) for x in p)


def shannon(state: tuple[Fraction, ...]) -> float:
    return -sum(float(x) * math.log(x) for x in state if x)


@settings(max_examples=40)
@given(p=simplexes(most=3), n=st.integers(1, 4))
@example(p=[1.0], n=3)
@example(p=[0.0, 1.0, 0.0], n=2)
@example(p=[0.5, 0.5], n=1)
@example(p=[0.2, 0.3, 0.5], n=4)
def test_collapse_times_solve_the_multinomial_chain(p: list[float], n: int) -> None:
    first, second, excess = (float(x) for x in exact.collapse_moments(fractions(p), n))
    assert discrete.collapse_time_mean(n, p=p) == near(first, rel=1e-11, abs=1e-14)
    assert discrete.collapse_time_second_moment(n, p=p) == near(second, rel=1e-11, abs=1e-14)
    assert discrete.excess_symbols_sum(p, n) == near(excess, rel=1e-11, abs=1e-14)


@pytest.mark.parametrize(("atoms", "n"), [(1, 5), (2, 5), (3, 3), (4, 3)])
def test_equal_atoms_may_be_counted_instead_of_listed(atoms: int, n: int) -> None:
    first, second, _ = exact.collapse_moments((Fraction(1, atoms),) * atoms, n)
    assert discrete.collapse_time_mean(n, N=atoms) == near(float(first), rel=1e-11, abs=1e-14)
    assert discrete.collapse_time_second_moment(n, N=atoms) == near(float(second), rel=1e-11, abs=1e-14)


@settings(max_examples=40)
@given(p=simplexes(most=3), sizes=st.lists(st.integers(1, 4), min_size=1, max_size=3))
@example(p=[0.2, 0.8], sizes=[4, 1, 3])
@example(p=[1.0, 0.0], sizes=[2, 2])
def test_what_is_left_after_g_fits(p: list[float], sizes: list[int]) -> None:
    law, g = exact.chain_law(fractions(p), sizes), len(sizes)

    def mean(statistic) -> float:
        return sum(float(weight) * statistic(state) for state, weight in law.items())

    for n in (sizes, sizes[0]) if len(set(sizes)) == 1 else (sizes,):
        assert discrete.symbols_mean(p, n, g) == near(mean(lambda s: sum(x > 0 for x in s)), rel=1e-12)
        assert discrete.entropy_mean(p, n, g) == near(mean(shannon), rel=1e-12, abs=1e-15)
        collapsed = mean(lambda s: float(max(s) == 1))
        assert discrete.collapse_probability(p, n, g) == near(collapsed, rel=1e-12, abs=1e-15)
        lost = mean(lambda s: float(s[0] == 0))
        assert discrete.loss_probability(p[0], n, g) == near(lost, rel=1e-12, abs=1e-15)
        spread = mean(lambda s: float(1 - sum(x**2 for x in s)))
        assert discrete.heterozygosity_mean(p, n, g) == near(spread, rel=1e-11, abs=1e-15)


@settings(max_examples=30)
@given(p=simplexes(most=2), sizes=st.lists(st.integers(1, 3), min_size=1, max_size=3))
def test_accumulated_heterozygosity(p: list[float], sizes: list[int]) -> None:
    law, g = exact.accumulated_law(fractions(p), sizes), len(sizes)
    expected = float(sum(weight * (1 - sum(x**2 for x in state)) for state, weight in law.items()))
    assert discrete.heterozygosity_mean(p, sizes, g, "accumulate") == near(expected, rel=1e-11, abs=1e-15)
    if len(set(sizes)) == 1:
        constant = discrete.heterozygosity_mean(p, sizes[0], g, "accumulate")
        assert constant == near(expected, rel=1e-11, abs=1e-15)


@pytest.mark.parametrize("n", [1, 2, 3, 7, 20])
def test_the_common_ancestor_by_surjections(n: int) -> None:
    expected = float(exact.common_ancestor_time(n))
    assert discrete.common_ancestor_time_mean(n) == near(expected, rel=1e-12)
    assert discrete.collapse_time_mean_distinct(n) == near(1 + expected, rel=1e-12)


@pytest.mark.parametrize("n", [100, 1000])
def test_distinct_atoms_coalesce_one_generation_later(n: int) -> None:
    # two different algorithms: a linear solve on frequencies, and positive sums over lineages
    expected = 1 + discrete.common_ancestor_time_mean(n)
    assert discrete.collapse_time_mean_distinct(n) == near(expected, rel=1e-12)
    assert discrete.collapse_time_mean(n, N=2**31 - 1) == near(expected, rel=1e-5)


def test_printed_collapse_times() -> None:
    table = {2: (136.602, 136.60), 4: (170.447, 271.87), 8: (184.730, 404.94), 16: (191.379, 534.56)}
    for atoms, (time, excess) in table.items():
        assert round(discrete.collapse_time_mean(100, N=atoms), 3) == time
        assert round(discrete.excess_symbols_sum([1 / atoms] * atoms, 100), 2) == excess
    assert round(discrete.collapse_time_mean(1000, N=10), 1) == 1893.5
    late = [1 - discrete.collapse_probability([0.25] * 4, 10, g) for g in (20, 40)]
    assert late == near([0.242, 0.0296], abs=5e-4)
    lost = [1 - discrete.loss_probability(0.1, 200, 50)]
    assert lost == near([0.5641], abs=5e-5)


@settings(max_examples=20)
@given(p=simplexes(most=4), n=st.integers(1, 30))
def test_the_sum_over_generations_is_the_sojourn(p: list[float], n: int) -> None:
    generations = range(1, 40 * n + 40)
    survived = 1 - np.array([discrete.collapse_probability(p, n, g) for g in (1, 2, 3)])
    assert (np.diff(survived) <= 1e-15).all()
    if n <= 6:
        mean = float(max(p) < 1) + sum(1 - discrete.collapse_probability(p, n, g) for g in generations)
        assert discrete.collapse_time_mean(n, p=p) == near(mean, rel=1e-6, abs=1e-9)


def test_huge_generations_are_absorbed() -> None:
    assert discrete.collapse_probability([0.25] * 4, 10, 10**6) == near(1, rel=1e-12)
    assert discrete.symbols_mean([0.25] * 4, 10, 2_000_000_000) == near(1, rel=1e-10)
    assert discrete.loss_probability(0.25, 10, 10**6) == near(0.75, rel=1e-10)
    assert discrete.heterozygosity_mean([0.5, 0.5], 10, 10**6, "accumulate") == near(
        0.5 * math.sin(math.pi / math.sqrt(10)) / (math.pi / math.sqrt(10)), rel=1e-6
    )


def test_rare_atoms_are_not_rounded_away() -> None:
    p = [1 - 1e-20, 1e-20]
    assert discrete.excess_symbols_sum(p, 5) == near(1, rel=1e-12)
    assert discrete.symbols_mean(p, 5, 1) == near(1 + 5e-20, rel=1e-15)
    assert discrete.loss_probability(1e-20, 5, 2) == near(1, rel=1e-15)


@given(n_real=st.integers(1, 4), n_syn=st.integers(1, 3), g=st.integers(0, 3), data=st.data())
def test_partial_replacement_by_its_law(n_real: int, n_syn: int, g: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n_real))
    expected = float(exact.partial_variance(n_real, n_syn, count, g))
    assert discrete.partial_variance(n_real, n_syn, count / n_real, g) == near(expected, rel=1e-11, abs=1e-16)
    limit = discrete.partial_variance_limit(n_real, n_syn, count / n_real)
    assert discrete.partial_variance(n_real, n_syn, count / n_real, 10**7) == near(limit, rel=1e-12)
