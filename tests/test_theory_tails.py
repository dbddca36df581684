"""Lost tails against all samples counted in fractions, fifty digits, and the exact chain of every single atom."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from functools import partial
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwork.errors import BadInput
from tests import exact
from tests.test_theory_formulas import number
from theory import discrete, quantity, tails
from theory.tails import _atoms, repeated, second_hand

#: Relative alone: approx keeps an absolute 1e-12 beside a relative tolerance, which small values would hide behind.
near = partial(pytest.approx, abs=0.0)


def atoms(N: int, beta: int) -> tuple[Fraction, ...]:
    weights = [Fraction(1, i**beta) for i in range(1, N + 1)]
    return tuple(weight / sum(weights) for weight in weights)


def missing(p: tuple[Fraction, ...], seen: Any) -> Fraction:
    return sum((share for i, share in enumerate(p) if not seen(i)), Fraction(0))


@settings(max_examples=25)
@given(N=st.integers(1, 4), beta=st.integers(0, 3), n=st.integers(1, 4), data=st.data())
def test_all_samples_counted(N: int, beta: int, n: int, data: st.DataObject) -> None:
    p, k = atoms(N, beta), data.draw(st.integers(1, N))
    q = atoms(k, beta)
    whole = cut = Fraction(0)
    for sample in itertools.product(range(N), repeat=n):
        whole += math.prod((p[i] for i in sample), start=Fraction(1)) * missing(p, sample.__contains__)
        if max(sample) < k:
            cut += math.prod((q[i] for i in sample), start=Fraction(1)) * missing(p, sample.__contains__)
    assert tails.unseen_mass(N, beta, n) == near(float(whole), rel=1e-13)
    assert tails.unseen_mass(N, beta, n, k) == near(float(cut), rel=1e-13)
    assert tails.unseen_mass(N, beta, n, N) == tails.unseen_mass(N, beta, n)
    assert tails.cutoff_plateau(N, beta, k) == near(float(sum(p[k:])), rel=1e-13)


@settings(max_examples=20)
@given(N=st.integers(1, 3), beta=st.integers(0, 3), n0=st.integers(1, 4), n=st.integers(1, 5), g=st.integers(1, 4))
def test_all_chains_counted(N: int, beta: int, n0: int, n: int, g: int) -> None:
    p = atoms(N, beta)
    for value, sizes in (
        (tails.two_stage_mass(N, beta, n0, n), [n0, n]),
        (tails.repeated_mass(N, beta, n0, g), [n0] * g),
    ):
        law = exact.chain_law(p, sizes)
        lost = sum((weight * missing(p, state.__getitem__) for state, weight in law.items()), Fraction(0))
        assert value == near(float(lost), rel=1e-12)


@pytest.mark.parametrize("beta", [0.5, 1.0, 1.5, 40.0])
def test_fifty_digits(beta: float) -> None:
    N, n0, n, k = 60, 40, 25, 7
    with mpmath.workdps(50):
        weights = [mpmath.mpf(i) ** -mpmath.mpf(beta) for i in range(1, N + 1)]
        p = [weight / mpmath.fsum(weights) for weight in weights]
        head = mpmath.fsum(p[:k])
        whole = mpmath.fsum(x * (1 - x) ** n for x in p)
        cut = mpmath.fsum(x * (1 - x / head) ** n for x in p[:k]) + mpmath.fsum(p[k:])
        twice = mpmath.fsum(
            x
            * mpmath.fsum(
                mpmath.binomial(n0, c) * x**c * (1 - x) ** (n0 - c) * (1 - mpmath.mpf(c) / n0) ** n for c in range(n0)
            )
            for x in p
        )
        squares = 1 - mpmath.fsum(x * x for x in p)
    assert tails.unseen_mass(N, beta, n) == near(float(whole), rel=1e-12, abs=0)
    assert tails.unseen_mass(N, beta, n, k) == near(float(cut), rel=1e-12, abs=0)
    assert tails.cutoff_plateau(N, beta, k) == near(float(mpmath.fsum(p[k:])), rel=1e-12, abs=0)
    assert tails.two_stage_mass(N, beta, n0, n) == near(float(twice), rel=1e-12, abs=0)
    assert tails.repeated_mass(N, beta, n0, 2) == near(tails.two_stage_mass(N, beta, n0, n0), rel=1e-12, abs=0)
    assert tails.repeated_mass_limit(N, beta) == near(float(squares), rel=1e-12, abs=0)


@pytest.mark.parametrize(("N", "n0", "n"), [(2000, 300, 5), (2000, 50, 4000), (700, 10**6, 10**5), (3000, 5000, 5000)])
def test_second_hand_draws_are_an_occupancy(N: int, n0: int, n: int) -> None:
    """The n draws fall on J different ones of the n0: the law of J is walked throw by throw."""
    beta = 1.2
    places = np.zeros(min(n, n0) + 2)
    places[0] = 1.0
    j = np.arange(len(places))
    if n <= 5000:
        for _ in range(n):
            places[1:] = places[1:] * j[1:] / n0 + places[:-1] * (1 - j[:-1] / n0)
            places[0] = 0.0
        p = np.arange(1, N + 1) ** -beta
        p /= p.sum()
        held = [i for i in range(len(places)) if places[i] > 1e-16]
        value = sum(places[i] * (p * np.exp(i * np.log1p(-p))).sum() for i in held)
        assert tails.two_stage_mass(N, beta, n0, n) == near(value, rel=1e-11)
    else:  # J is near n: the two bounds of the mean of a decreasing convex function
        mean = n0 * -math.expm1(n * math.log1p(-1 / n0))
        assert tails.two_stage_mass(N, beta, n0, n) >= tails.unseen_mass(N, beta, math.ceil(mean))
        assert tails.two_stage_mass(N, beta, n0, n) == near(tails.unseen_mass(N, beta, round(mean)), rel=1e-3)


@pytest.mark.parametrize("beta", [0.0, 0.3, 1.5, 4.0])
def test_many_atoms_are_interpolated(beta: float, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = [tails.two_stage_mass(1100, beta, 2000, 700), tails.repeated_mass(1100, beta, 150, 6)]
    monkeypatch.setattr(second_hand, "DIRECT", 10**9)
    monkeypatch.setattr(repeated, "DIRECT", 10**9)
    slow = [tails.two_stage_mass(1100, beta, 2000, 700), tails.repeated_mass(1100, beta, 150, 6)]
    assert quick == near(slow, rel=1e-12)


def test_a_million_atoms() -> None:
    N, n0, n = 10**6, 10**5, 12_345
    alone = float(mpmath.power(1 - mpmath.mpf(1) / N, n))
    assert tails.unseen_mass(N, 0, n) == near(alone, rel=1e-12)
    # a uniform atom is nearly always drawn once or never: second order in 1/N is the rest
    once = n0 / N * (1 - math.exp(n * math.log1p(-1 / n0)))
    assert 1 - tails.two_stage_mass(N, 0, n0, n) == near(once, rel=n0 / N)
    values = [tails.unseen_mass(N, 1.5, n), tails.two_stage_mass(N, 1.5, n0, n), tails.repeated_mass(N, 1.5, n0, 2)]
    assert values[0] < values[1]
    assert values[2] == near(tails.two_stage_mass(N, 1.5, n0, n0), rel=1e-12)


@pytest.mark.parametrize(("N", "n0", "g"), [(30, 400, 3), (12, 400, 9), (25, 90, 40), (5, 60, 2000)])
def test_every_atom_is_a_chain(N: int, n0: int, g: int) -> None:
    p = [float(share) for share in atoms(N, 1)]
    chains = sum(share * discrete.loss_probability(share, n0, g) for share in p)
    assert tails.repeated_mass(N, 1.0, n0, g) == near(chains, rel=1e-11)


def test_the_cut_chain_is_bracketed() -> None:
    for states in (40, 80, 160):
        low, high = repeated._losses(200, states, 4)
        whole, _ = repeated._losses(200, 200, 4)
        assert (low[:-1] <= whole[: states + 1] * (1 + 1e-9)).all()
        assert (high[:-1] >= whole[: states + 1] * (1 - 1e-9)).all()
        assert high[-1] >= whole[states + 1]


@pytest.mark.parametrize("beta", [0.0, 1.5, 3.0])
def test_in_the_end_one_atom_is_left(beta: float) -> None:
    values = [tails.repeated_mass(6, beta, 12, g) for g in (1, 2, 5, 30, 2000)]
    assert (np.diff(values) > 0).all()
    assert values[-1] == near(tails.repeated_mass_limit(6, beta), rel=1e-12)


def test_survival_of_a_critical_branching_process() -> None:
    with mpmath.workdps(30):
        alive = mpmath.mpf(1)
        for g in range(1, 6001):
            if g in (1, 2, 10, 4096, 4097, 4100, 6000):
                assert repeated._survival(g) == near(float(alive), rel=1e-11)
            alive = -mpmath.expm1(-alive)
    assert repeated._survival(2**31 - 1) * 2**30 == near(1, rel=1e-7)


def test_branching_is_the_limit_of_many_draws() -> None:
    gaps = [
        abs(tails.repeated_mass(5000, 1.5, n0, 6) / tails.repeated_mass_branching(5000, 1.5, n0, 6) - 1)
        for n0 in (100, 1000, 10_000)
    ]
    assert gaps[0] < 0.05
    assert gaps[0] > 5 * gaps[1] > 25 * gaps[2]


def test_growth_in_the_number_of_resamplings_is_no_line() -> None:
    printed = {(1.3, 10): 0.210, (1.3, 160): 0.228, (2.0, 10): 0.455, (2.0, 160): 0.495}
    for (beta, g), value in printed.items():
        early, late = (tails.repeated_mass_branching(10**6, beta, 10**6, k) for k in (g, 2 * g))
        if beta == 2.0:  # at 1.3 a million atoms are too few
            assert math.log2(late / early) == near(value, abs=6e-4)
        assert math.log2(tails.repeated_constant(beta, 10**6, 2 * g) / tails.repeated_constant(beta, 10**6, g)) == near(
            value, abs=2e-3
        )
    assert tails.repeated_exponent(2) == 0.5
    for beta in (1.1, 1.5, 3.0):
        growth = tails.repeated_constant(beta, 10**6, 2_000_000_000) / tails.repeated_constant(beta, 10**6, 10**9)
        assert tails.repeated_exponent(beta) == near(math.log2(growth), rel=1e-6)
    steps = [tails.repeated_mass(2000, 1.5, 1000, g) for g in (4, 8, 16)]
    assert (np.diff(np.log2(steps)) < 0.5).all()  # far from the slope 1 of a line; the limit is 1/3
    assert (np.diff(np.log2(steps)) > 0.2).all()


@pytest.mark.parametrize("beta", [1.2, 2.0, 5.0, 30.0])
@pytest.mark.parametrize("n", [1, 2, 7])
def test_infinitely_many_atoms(beta: float, n: int) -> None:
    with mpmath.workdps(40):
        b = mpmath.mpf(beta)
        norm = mpmath.zeta(b)
        value = mpmath.fsum(
            mpmath.binomial(n, j) * (-1) ** j * mpmath.zeta(b * (j + 1)) / norm ** (j + 1) for j in range(n + 1)
        )
    assert tails.unseen_mass_infinite(beta, n) == near(float(value), rel=1e-12, abs=0)


def test_many_atoms_tend_to_infinitely_many() -> None:
    for n in (10, 1000, 10**6):
        assert tails.unseen_mass(10**6, 3.0, n) == near(tails.unseen_mass_infinite(3.0, n), rel=1e-7)
    assert tails.cutoff_plateau(10**6, 3.0, 40) == near(tails.cutoff_plateau_infinite(3.0, 40), rel=1e-8)
    assert tails.cutoff_plateau_infinite(2, 1) == near(1 - 6 / math.pi**2, rel=1e-14)


@pytest.mark.parametrize("beta", [1.2, 2.0, 3.5])
def test_constants_of_the_scaling_laws(beta: float) -> None:
    gaps = [abs(tails.unseen_mass_infinite(beta, n) / tails.unseen_constant(beta, n) - 1) for n in (10**2, 10**4)]
    assert gaps[1] < gaps[0] / 20
    assert gaps[1] < 1e-3
    cuts = [abs(tails.cutoff_plateau_infinite(beta, k) / tails.cutoff_constant(beta, k) - 1) for k in (10**2, 10**4)]
    assert cuts[1] < cuts[0] / 50
    crossing = tails.cutoff_crossover(beta, 200)
    assert tails.unseen_constant(beta, round(crossing)) == near(tails.cutoff_constant(beta, 200), rel=1 / crossing)
    assert tails.cutoff_crossover(beta, 600) / crossing == near(3**beta, rel=1e-10)
    assert tails.repeated_constant(beta, 777, 1) == near(tails.unseen_constant(beta, 777), rel=1e-14)
    assert tails.repeated_constant(beta, 777, 9) > tails.repeated_constant(beta, 777, 8)


def test_printed_numbers() -> None:
    assert round(tails.unseen_constant(2, 10**4), 8) == 0.00690988
    assert round(tails.unseen_mass_infinite(2, 10**4), 8) == 0.00690962


@given(beta=st.floats(0, 4), N=st.integers(2, 200), n=st.integers(1, 300))
@settings(max_examples=40)
def test_more_data_and_fewer_hops_help(beta: float, N: int, n: int) -> None:
    first = tails.unseen_mass(N, beta, n)
    assert tails.unseen_mass(N, beta, n + 1) < first < 1
    assert tails.two_stage_mass(N, beta, 50, n) > max(first, tails.unseen_mass(N, beta, 50)) * (1 - 1e-12)
    assert tails.unseen_mass(N, beta, n, 1 + N // 2) >= tails.cutoff_plateau(N, beta, 1 + N // 2)
    p, rest = _atoms.probabilities(N, beta)
    assert p.sum() == near(1, rel=1e-13)
    assert p + rest == near(np.ones(N), rel=1e-14)


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("unseen_mass", {"N": 5, "beta": 1.5, "n": 3, "k": 6}, "k", "1 to N = 5"),
    ("unseen_mass", {"N": 5, "beta": 1.5, "n": 3, "k": 0}, "k", ">= 1"),
    ("unseen_mass", {"N": 5, "beta": -0.1, "n": 3}, "beta", ">= 0"),
    ("unseen_mass", {"N": 10**7 + 1, "beta": 1.0, "n": 3}, "N", "10000000"),
    ("unseen_mass", {"N": 5, "beta": 1.5, "n": [3]}, "n", "integer"),
    ("cutoff_plateau", {"N": 5, "beta": 1.5, "k": 6}, "k", "1 to N = 5"),
    ("unseen_constant", {"beta": 1.0, "n": 3}, "beta", "> 1"),
    ("repeated_exponent", {"beta": 0.5}, "beta", "> 1"),
    ("unseen_mass_infinite", {"beta": 1.05, "n": 10**9}, "n", "unseen_constant"),
    ("repeated_mass", {"N": 5, "beta": 1.5, "n0": 4001, "g": 10**6}, "n0", "<= 4000"),
    ("two_stage_mass", {"N": 5, "beta": 1.5, "n0": 0, "n": 1}, "n0", ">= 1"),
]


@pytest.mark.parametrize(("name", "params", "parameter", "word"), REFUSED)
def test_refused(name: str, params: dict[str, Any], parameter: str, word: str) -> None:
    with pytest.raises(BadInput) as refusal:
        quantity.find(f"tails.{name}").evaluate(params)
    assert refusal.value.parameter == parameter
    assert word in str(refusal.value)


POINTS: dict[str, list[dict[str, Any]]] = {
    "unseen_mass": [{"N": 6, "beta": 1.5, "n": 3}, {"N": 6, "beta": 1.5, "n": 3, "k": 4}],
    "cutoff_plateau": [{"N": 6, "beta": 1.5, "k": 4}],
    "cutoff_plateau_infinite": [{"beta": 1.5, "k": 4}],
    "cutoff_constant": [{"beta": 1.5, "k": 4}],
    "cutoff_crossover": [{"beta": 1.5, "k": 4}],
    "unseen_constant": [{"beta": 1.5, "n": 40}],
    "repeated_mass_limit": [{"N": 6, "beta": 1.5}],
    "repeated_exponent": [{"beta": 1.5}],
}
#: LaTeX, or a sum without end.
OTHERS = {"repeated_constant", "repeated_mass", "repeated_mass_branching", "two_stage_mass", "unseen_mass_infinite"}


def test_the_formulas_are_the_functions() -> None:
    assert {f"tails.{name}" for name in set(POINTS) | OTHERS} == {n for n in quantity.names() if n.startswith("tails.")}
    for name, points in POINTS.items():
        entry = quantity.find(f"tails.{name}")
        for params in points:
            exact_value = number(entry.form(params), params, {})
            assert entry.evaluate(params) == near(float(exact_value), rel=1e-12)


def test_the_other_formulas_are_printed() -> None:
    endless = quantity.find("tails.unseen_mass_infinite").form({})
    cut = endless.func(endless.function, (endless.limits[0][0], 1, 300))
    value = float(number(cut, {"beta": 4.0, "n": 2}, {}))
    assert tails.unseen_mass_infinite(4.0, 2) == near(value, rel=1e-6)
    for name in OTHERS - {"unseen_mass_infinite"}:
        text = quantity.find(f"tails.{name}").form({})
        assert text.count("{") == text.count("}")
        assert r"\beta" in text
