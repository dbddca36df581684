"""Lost symbols and lost mass against the chain of all atoms, and against subsets of a pool, in fractions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from itertools import combinations, product
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from groundwork.errors import BadInput
from tests import exact
from tests.strategies import simplexes
from theory import discrete, quantity
from theory.discrete.losses import zipf

#: Relative: approx alone adds an absolute 1e-12, at which a small number equals any other.
near = partial(pytest.approx, abs=0.0)


def fractions(p: list[float]) -> tuple[Fraction, ...]:
    return tuple(Fraction(x).limit_denominator(100) for x in p)


@settings(max_examples=40)
@given(p=simplexes(most=3), sizes=st.lists(st.integers(1, 3), min_size=1, max_size=3))
@example(p=[0.2, 0.8], sizes=[3, 1, 2])
@example(p=[1.0, 0.0], sizes=[2, 2])
@example(p=[0.25, 0.25, 0.5], sizes=[2, 2, 2])
def test_losses_follow_the_chain_of_all_atoms(p: list[float], sizes: list[int]) -> None:
    q, g = fractions(p), len(sizes)
    for workflow, law in (("replace", exact.chain_law(q, sizes)), ("accumulate", exact.accumulated_law(q, sizes))):
        number = float(
            sum(weight * sum(a > 0 and b == 0 for a, b in zip(q, s, strict=True)) for s, weight in law.items())
        )
        mass = float(sum(weight * sum(a for a, b in zip(q, s, strict=True) if b == 0) for s, weight in law.items()))
        for n in (sizes, sizes[0]) if len(set(sizes)) == 1 else (sizes,):
            assert discrete.lost_symbols_mean(p, n, g, workflow) == near(number, rel=1e-11, abs=1e-14)
            assert discrete.lost_mass_mean(p, n, g, workflow) == near(mass, rel=1e-11, abs=1e-14)


def hits(pool: int, copies: int, n: int, replacement: bool) -> Iterator[tuple[int, Fraction]]:
    """Yield (copies drawn, chance) by listing every draw of n points from a pool."""
    draws = list(product(range(pool), repeat=n) if replacement else combinations(range(pool), n))
    for draw in draws:
        yield sum(point < copies for point in draw), Fraction(1, len(draws))


def unseen(p: Fraction, n: int, g: int, replacement: bool) -> Fraction:
    """Return P(no copy in the draws of fit g), the pool walked forward."""
    law = {c: comb(n, c) * p**c * (1 - p) ** (n - c) for c in range(n + 1)}
    missed = Fraction(0)
    for k in range(1, g + 1):
        later: dict[int, Fraction] = {}
        missed = Fraction(0)
        for c, weight in law.items():
            whole = k == 1 and not replacement
            for h, chance in [(c, Fraction(1))] if whole else hits(k * n, c, n, replacement):
                missed += weight * chance * (h == 0)
                for b in range(n + 1):
                    move = comb(n, b) * Fraction(h, n) ** b * (1 - Fraction(h, n)) ** (n - b)
                    later[c + b] = later.get(c + b, Fraction(0)) + weight * chance * move
        law = later
    return missed


@pytest.mark.parametrize(("n", "g"), [(1, 1), (1, 3), (2, 1), (2, 2), (2, 3), (3, 2)])
@pytest.mark.parametrize("workflow", ["subsample", "subsample_replacement"])
def test_losses_of_a_subsample(n: int, g: int, workflow: str) -> None:
    p = [0.1, 0.3, 0.6]
    chances = [unseen(q, n, g, workflow != "subsample") for q in fractions(p)]
    assert discrete.lost_symbols_mean(p, n, g, workflow) == near(float(sum(chances)), rel=1e-12)
    mass = sum(q * chance for q, chance in zip(fractions(p), chances, strict=True))
    assert discrete.lost_mass_mean(p, n, g, workflow) == near(float(mass), rel=1e-12)


def with_real_data(p: Fraction, n_real: int, n_syn: int, g: int, *, fixed: bool) -> Fraction:
    """Return P(count 0) after g steps; a state is (copies in the real sample, copies in the fit, its size)."""

    def binomial(n: int, x: Fraction) -> list[Fraction]:
        return [comb(n, j) * x**j * (1 - x) ** (n - j) for j in range(n + 1)]

    law = {(a, a, n_real): chance for a, chance in enumerate(binomial(n_real, p))}
    for _ in range(g):
        later: dict[tuple[int, int, int], Fraction] = {}
        for (a, c, size), weight in law.items():
            real = [(a, Fraction(1))] if fixed else list(enumerate(binomial(n_real, p)))
            for (b, one), (s, two) in product(real, enumerate(binomial(n_syn, Fraction(c, size)))):
                state = (b, b + s, n_real + n_syn)
                later[state] = later.get(state, Fraction(0)) + weight * one * two
        law = later
    return sum((weight for (_, c, _), weight in law.items() if c == 0), Fraction(0))


@pytest.mark.parametrize(("n_real", "n_syn"), [(1, 1), (2, 1), (1, 3), (3, 0)])
@pytest.mark.parametrize("g", [0, 1, 2, 4])
@pytest.mark.parametrize("design", ["fixed", "fresh"])
def test_losses_with_real_data(n_real: int, n_syn: int, g: int, design: str) -> None:
    p = [0.1, 0.3, 0.6]
    chances = [with_real_data(q, n_real, n_syn, g, fixed=design == "fixed") for q in fractions(p)]
    number = discrete.real_share_lost_symbols_mean(p, n_real, n_syn, g, design)
    assert number == near(float(sum(chances)), rel=1e-12)
    mass = sum(q * chance for q, chance in zip(fractions(p), chances, strict=True))
    assert discrete.real_share_lost_mass_mean(p, n_real, n_syn, g, design) == near(float(mass), rel=1e-12)


def test_a_zipf_vocabulary() -> None:
    p = zipf(20_000, 1.0)
    assert p.sum() == near(1, rel=1e-14)
    assert p[9] / p[99] == near(10, rel=1e-14)
    assert zipf(3, 2.0, 1.5) == near(
        np.array([2.5**-2, 3.5**-2, 4.5**-2]) / sum(i**-2 for i in (2.5, 3.5, 4.5)), rel=1e-14
    )
    assert zipf(3, 0.0) == near([1 / 3] * 3, rel=1e-14)
    assert np.isfinite(zipf(10, 1e4)).all()
    lost = [discrete.lost_symbols_mean(p.tolist(), 300, g) for g in (1, 2, 10)]
    assert lost[0] == near(math.fsum((1 - p) ** 300), rel=1e-12)
    few = (p[:50] / p[:50].sum()).tolist()
    for g in (1, 2, 10):
        gone = 50 - discrete.symbols_mean(few, 300, g)
        assert discrete.lost_symbols_mean(few, 300, g) == near(gone, rel=1e-9)
    assert lost == sorted(lost)
    assert lost[2] < 20_000
    with pytest.raises(BadInput):
        zipf(3, -1.0)
    with pytest.raises(BadInput):
        zipf(3, 1.0, -1.0)


def test_tiny_losses_and_rare_atoms_keep_their_digits() -> None:
    assert discrete.lost_mass_mean([1e-20, 1 - 1e-20], 5, 3) == near(1e-20, rel=1e-10)
    assert discrete.lost_symbols_mean([0.5, 0.5], 900, 1) == near(2 * 0.5**900, rel=1e-12)
    assert discrete.lost_symbols_mean([0.5, 0.5], 900, 1, "subsample") == near(2 * 0.5**900, rel=1e-10)
    assert discrete.lost_symbols_mean([1.0], 5, 3) == 0
    # equal atoms are counted, not walked one by one
    assert discrete.lost_symbols_mean([1 / 8] * 8, 5, 3) == near(8 * discrete.loss_probability(1 / 8, 5, 3), rel=1e-13)


HALF = [0.5, 0.5]


@pytest.mark.parametrize(
    ("name", "params", "parameter", "word"),
    [
        ("lost_mass_mean", {"p": [0.5, 0.4], "n": 5, "g": 1}, "p", "sum to 0.9"),
        ("lost_mass_mean", {"p": HALF, "n": 5000, "g": 2}, "n", "4000"),
        ("lost_symbols_mean", {"p": HALF, "n": 50, "g": 100, "workflow": "subsample"}, "n", "4000"),
        ("lost_symbols_mean", {"p": HALF, "n": [5, 5], "g": 2, "workflow": "subsample"}, "n", "one number"),
        ("lost_symbols_mean", {"p": HALF, "n": [5, 5], "g": 3}, "n", "list of g = 3"),
        ("lost_symbols_mean", {"p": HALF, "n": 5, "g": 1, "workflow": "window"}, "workflow", "one of"),
        ("real_share_lost_mass_mean", {"p": HALF, "n_real": 0, "n_syn": 1, "g": 1}, "n_real", ">= 1"),
        ("real_share_lost_mass_mean", {"p": HALF, "n_real": 4000, "n_syn": 1, "g": 1, "design": "fresh"}, "n", "4000"),
        ("real_share_lost_symbols_mean", {"p": HALF, "n_real": 2, "n_syn": 1, "g": -1}, "g", ">= 0"),
    ],
)
def test_bad_input_is_refused(name: str, params: dict[str, Any], parameter: str, word: str) -> None:
    with pytest.raises(BadInput) as refusal:
        quantity.find(f"discrete.{name}").evaluate(params)
    assert refusal.value.parameter == parameter
    assert word in str(refusal.value)
