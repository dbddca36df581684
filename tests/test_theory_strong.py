"""Mixtures of real and synthetic rows against zonal moments, Beta laws, resolvents and literal fits."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwork.errors import BadInput
from tests import resolvents
from tests.strategies import parameter
from theory import quantity, ridge, strong
from theory.symbols import latex_names

#: Relative alone: pytest adds an absolute 1e-12 of its own, under which small values hide.
near = partial(pytest.approx, abs=0.0)
#: A sample mean further than this many standard errors from its value: p < 1e-11 under a normal law.
FAR = 7.0

TURN = np.linalg.qr(np.array([[1.0, 2.0, 0.5], [0.0, 1.0, -1.0], [3.0, 0.2, 1.0]]))[0]
COV = TURN @ np.diag([2.0, 1.0, 0.3]) @ TURN.T
DELTA = np.array([[1.0, 0.4, 0.0], [0.4, 0.5, -0.2], [0.0, -0.2, 0.8]])


def matrix_beta_shift(n: int, n_syn: int, d: int) -> Fraction:
    """Return E tr(S_2 S^-2 S_2) for an identity covariance, from zonal polynomials.

    With S = L L', S_2 = L U L': U is a matrix Beta, turned at will, independent of W = L'L, so that E U A U =
    a A + b tr A for symmetric A and the mean is a d + b E tr W tr W^-1. The shape of W is independent of tr W:
    E tr W tr W^-1 = E tr W^-1/E (1/tr W) = d (n d - 2)/(n - d - 1).
    """
    first, total = Fraction(n_syn, 2), Fraction(n, 2)

    def rising(x: Fraction, parts: tuple[int, ...]) -> Fraction:
        return math.prod(
            (x - Fraction(i, 2) + k for i, part in enumerate(parts) for k in range(part)), start=Fraction(1)
        )

    # C_2 = (t1^2 + 2 t2)/3 and C_11 = 2 (t1^2 - t2)/3 in t1 = tr U, t2 = tr U^2; at U = 1 both are d(d+2)/3, 2d(d-1)/3
    second = rising(first, (2,)) / rising(total, (2,)) * Fraction(d * (d + 2), 3)
    below = rising(total, (1, 1))
    mixed = rising(first, (1, 1)) / below * Fraction(2 * d * (d - 1), 3) if below else Fraction(0)
    square_of_trace = second + mixed
    trace_of_square = second - mixed / 2
    # U_ij U_kl has mean p [i = j][k = l] + q ([i = k][j = l] + [i = l][j = k]):
    # (tr U)^2 has p d^2 + 2 q d and tr U^2 has p d + q (d^2 + d), which gives p and q.
    if d == 1:
        return square_of_trace
    determinant = Fraction(d**2 * (d**2 + d) - 2 * d * d)
    p = (square_of_trace * (d**2 + d) - 2 * d * trace_of_square) / determinant
    q = (trace_of_square * d**2 - d * square_of_trace) / determinant
    # U A U = sum U_ij A_jk U_kl: mean (p + q) A + q tr A
    traces = Fraction(d * (n * d - 2), n - d - 1)
    return (p + q) * d + q * traces


@given(d=st.integers(1, 7), gap=st.integers(0, 12), data=st.data(), c2=st.floats(0.1, 5))
def test_the_shift_is_a_matrix_beta_moment(d: int, gap: int, data: st.DataObject, c2: float) -> None:
    n = d + 2 + gap
    n_syn = data.draw(st.integers(0, n))
    value = strong.ols_shift(n, n_syn, [1.0] * d, [c2 / d] * d)
    assert value == near(float(Fraction(c2) / d * matrix_beta_shift(n, n_syn, d)), rel=1e-12, abs=1e-300)


@given(n=st.integers(3, 60), data=st.data())
def test_one_feature_is_a_beta_variable(n: int, data: st.DataObject) -> None:
    n_syn = data.draw(st.integers(0, n))
    exact = Fraction(n_syn * (n_syn + 2), n * (n + 2))
    assert strong.ols_shift(n, n_syn, 2.0, 3.0) == near(6 * float(exact), rel=1e-14)


@given(
    d=st.integers(1, 5), gap=st.integers(0, 9), sigma1=parameter("sigma1"), sigma2=parameter("sigma2"), data=st.data()
)
def test_the_ends_of_the_mixture(d: int, gap: int, sigma1: float, sigma2: float, data: st.DataObject) -> None:
    n, cov, delta = d + 2 + gap, [1.0 + i for i in range(d)], [0.5 * i for i in range(d)]
    c2 = sum(a * b for a, b in zip(cov, delta, strict=True))
    one_fit = d / (n - d - 1)
    assert strong.ols_shift(n, n, cov, delta) == near(c2, rel=1e-13, abs=1e-300)
    assert strong.ols_shift(n, 0, cov, delta) == 0
    assert strong.ols_risk(n, 0, cov, delta, sigma1, sigma2) == near(sigma1**2 * one_fit, rel=1e-13, abs=1e-300)
    assert strong.ols_risk(n, n, cov, delta, sigma1, sigma2) == near(sigma2**2 * one_fit + c2, rel=1e-13, abs=1e-300)
    n_syn = data.draw(st.integers(0, n))
    noise = (sigma1**2 * (n - n_syn) + sigma2**2 * n_syn) / n * one_fit
    shift = strong.ols_shift(n, n_syn, cov, delta, sigma1, sigma2)
    assert strong.ols_risk(n, n_syn, cov, delta, sigma1, sigma2) == near(noise + shift, rel=1e-13, abs=1e-300)


def mixtures(
    runs: int, n: int, n_syn: int, lam: float, cov: np.ndarray, delta: np.ndarray, sigmas: tuple[float, float]
) -> np.ndarray:
    """Return excess risks of literal fits, the truth w = (1, -1, 1, …), the teacher drawn anew in each."""
    rng, d = np.random.default_rng(0), len(cov)
    w = (-1.0) ** np.arange(d)
    x = rng.normal(size=(runs, n, d)) @ np.linalg.cholesky(cov).T
    values, basis = np.linalg.eigh(delta)
    teacher = w + rng.normal(size=(runs, d)) * np.sqrt(np.maximum(values, 0)) @ basis.T
    synthetic = np.arange(n) >= n - n_syn
    noise = rng.normal(size=(runs, n)) * np.where(synthetic, sigmas[1], sigmas[0])
    y = np.where(synthetic, np.einsum("rij,rj->ri", x, teacher), x @ w) + noise
    gram = np.einsum("rij,rik->rjk", x, x) / n + lam * np.eye(d)
    fit = np.linalg.solve(gram, np.einsum("rij,ri->rj", x, y)[..., None] / n)[..., 0]
    return np.einsum("ri,ij,rj->r", fit - w, cov, fit - w)


def within(sample: np.ndarray, value: float, allowance: float = 0.0) -> bool:
    return abs(sample.mean() - value) < FAR * sample.std(ddof=1) / math.sqrt(len(sample)) + allowance


def test_least_squares_on_a_mixture_literally() -> None:
    # n - d - 1 = 8: the sample mean has a finite variance
    sample = mixtures(60_000, 12, 4, 0.0, COV, DELTA, (0.3, 0.9))
    assert within(sample, strong.ols_risk(12, 4, COV, DELTA, 0.3, 0.9))
    for wrong in ((12, 5, 0.3, 0.9), (12, 3, 0.3, 0.9), (13, 4, 0.3, 0.9), (12, 4, 0.9, 0.3)):
        assert not within(sample, strong.ols_risk(wrong[0], wrong[1], COV, DELTA, *wrong[2:]))


def test_a_ridge_on_a_mixture_is_near_at_thirty_features() -> None:
    d, n, n_syn, lam = 30, 48, 16, 0.2
    cov = np.diag(1 / (1 + 0.1 * np.arange(d)))
    delta = np.diag(np.linspace(0.2, 2.0, d))
    w = (-1.0) ** np.arange(d)
    sample = mixtures(1500, n, n_syn, lam, cov, delta, (0.7, 0.7))
    value = strong.ridge_risk(n, n_syn, lam, cov, delta, w, 0.7)
    assert within(sample, value, 0.02 * value)
    for wrong in (n_syn + 4, n_syn - 4):
        assert not within(sample, strong.ridge_risk(n, wrong, lam, cov, delta, w, 0.7), 0.02 * value)


@pytest.mark.slow
def test_the_gap_of_the_mixture_falls_with_the_size() -> None:
    gaps = []
    for d, runs in ((4, 400_000), (8, 200_000), (16, 60_000)):
        cov, delta = np.diag(1 / (1 + 3 * np.arange(d) / d)), np.eye(d)
        value = strong.ridge_risk(2 * d, d, 0.1, cov, delta, (-1.0) ** np.arange(d), 0.5)
        sample = mixtures(runs, 2 * d, d, 0.1, cov, delta, (0.5, 0.5))
        gaps.append((sample.mean() / value - 1, sample.std(ddof=1) / math.sqrt(runs) / value))
    # O(1/d)
    for (larger, _), (smaller, error) in pairwise(gaps):
        assert abs(smaller) < abs(larger) / 1.5 + FAR * error
    assert abs(gaps[0][0]) > FAR * gaps[0][1]


@pytest.mark.parametrize("n", [3, 4, 5, 12])
@pytest.mark.parametrize("lam", [0.1, 1.5])
def test_the_shift_on_another_road(n: int, lam: float) -> None:
    """With all rows synthetic it is a resolvent trace; rows are exchangeable, so any share is a quadratic in it."""
    s, size = [3.0, 1.0, 0.4, 0.1], [0.5, 2.0, 0.0, 1.0]
    whole, single = resolvents.echo(lam, n, s, size), resolvents.variance(lam, n, s)
    c2 = sum(a * b for a, b in zip(s, size, strict=True))
    for n_syn in range(n + 1):
        share = n_syn / n
        # single rows: D = sum x x' R cov R x x'/n^2 -> cov tr(cov R^2 S)/n, the unit variance; pairs: the rest
        expected = share * single * c2 + share**2 * (whole - single * c2)
        assert strong.ridge_shift(n, n_syn, lam, s, size) == near(expected, rel=1e-10, abs=1e-300)
        clean = ridge.clean_risk(n, lam, s, [1.0, 2.0, 3.0, 4.0], 0.5)
        risk = strong.ridge_risk(n, n_syn, lam, s, size, [1.0, 2.0, 3.0, 4.0], 0.5)
        assert risk == near(clean + expected, rel=1e-10)


@settings(max_examples=20)
@given(n_syn=st.integers(0, 9), lam=st.floats(0.01, 3), angle=st.floats(0, 6))
def test_a_turn_changes_nothing(n_syn: int, lam: float, angle: float) -> None:
    turn = np.array(
        [[math.cos(angle), -math.sin(angle), 0.0], [math.sin(angle), math.cos(angle), 0.0], [0.0, 0.0, 1.0]]
    )
    w = np.array([1.0, -2.0, 0.5])
    cov, delta = turn @ COV @ turn.T, turn @ DELTA @ turn.T
    cov, delta = (cov + cov.T) / 2, (delta + delta.T) / 2
    risk = strong.ridge_risk(9, n_syn, lam, COV, DELTA, w, 0.5)
    assert strong.ridge_risk(9, n_syn, lam, cov, delta, turn @ w, 0.5) == near(risk, rel=1e-11)
    plain = TURN.T @ DELTA @ TURN
    assert strong.ridge_risk(9, n_syn, lam, [2.0, 1.0, 0.3], (plain + plain.T) / 2, TURN.T @ w, 0.5) == near(
        risk, rel=1e-11
    )
    # sigma and w are taken, and do not enter
    shift = strong.ridge_shift(9, n_syn, lam, cov, delta)
    assert strong.ridge_shift(9, n_syn, lam, COV, DELTA, sigma=7.0, w=[1.0]) == near(shift, rel=1e-11, abs=1e-300)
    assert strong.ols_shift(9, n_syn, cov, delta) == near(strong.ols_shift(9, n_syn, COV, DELTA), rel=1e-11, abs=1e-300)


def test_the_exact_shift_tends_to_its_equivalent_like_one_over_the_size() -> None:
    gaps = []
    for k in (1, 2, 4, 8):
        n, n_syn, d = 24 * k, 8 * k, 6 * k
        cov, delta = [2.0] * d, [0.5 / d] * d
        exact = strong.ols_shift(n, n_syn, cov, delta)
        gaps.append(exact / strong.ridge_shift(n, n_syn, 0.0, cov, delta) - 1)
    ratios = [larger / smaller for larger, smaller in pairwise(gaps)]
    assert ratios == [near(2.0, rel=0.15), near(2.0, rel=0.08), near(2.0, rel=0.04)]


@pytest.mark.parametrize("lam", [0.0, 0.3])
def test_a_ridge_shrinks_the_floor_and_does_not_remove_it(lam: float) -> None:
    s, size, n = [2.0, 0.5], [1.0, 3.0], 10**9
    n_syn = n // 4
    expected = sum(0.25**2 * d * e * (e / (e + lam)) ** 2 for e, d in zip(s, size, strict=True))
    assert strong.ridge_shift(n, n_syn, lam, s, size) == near(expected, rel=1e-7)


@given(p2=st.floats(0.01, 1), c2=st.floats(0.01, 9), d=st.integers(1, 50), sigma=st.floats(0.1, 3))
def test_the_floor_and_where_it_shows(p2: float, c2: float, d: int, sigma: float) -> None:
    n = 10**9
    n_syn = round(p2 * n)
    floor = strong.plateau(p2, c2)
    assert strong.ols_shift(n, n_syn, [1.0] * d, [c2 / d] * d) == near(floor, rel=1e-4)
    assert strong.crossover(p2, c2, d, sigma) * floor == near(sigma**2 * d, rel=1e-13)
    assert strong.ols_risk(n, n_syn, [1.0] * d, [c2 / d] * d, 0.0, 0.0) == near(floor, rel=1e-4)


def test_one_per_thousand_leaves_a_millionth() -> None:
    assert strong.plateau(1e-3, 1.0) == near(1e-6, rel=1e-15)
    assert strong.crossover(1e-3, 1.0, 10) == near(1e7, rel=1e-15)


MIX: dict[str, Any] = {"n": 9, "n_syn": 3, "cov": [1.0, 2.0], "delta": [1.0, 0.0]}
RIDGE: dict[str, Any] = MIX | {"ridge": 0.5, "w": [1.0, 1.0]}
#: (quantity, parameters, the parameter that the refusal names, a word of what it says)
REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("ols_risk", MIX | {"n_syn": 10}, "n_syn", "0 to n = 9"),
    ("ols_risk", MIX | {"n_syn": -1}, "n_syn", ">= 0"),
    ("ols_risk", MIX | {"n": 3}, "n", "d + 2 = 4"),
    ("ols_shift", MIX | {"n": 3}, "n", "d + 2 = 4"),
    ("ols_risk", MIX | {"n": [9, 9]}, "n", "integer"),
    ("ols_risk", MIX | {"delta": [1.0]}, "delta", "dimension of cov, 2"),
    ("ols_risk", MIX | {"delta": [1.0, -0.5]}, "delta", "eigenvalue"),
    ("ols_risk", MIX | {"delta": [[1.0, 2.0], [2.0, 1.0]]}, "delta", "semidefinite"),
    ("ols_risk", MIX | {"delta": [[1.0, 2.0], [0.0, 1.0]]}, "delta", "symmetric"),
    ("ols_risk", MIX | {"delta": "much"}, "delta", "matrix"),
    ("ols_risk", MIX | {"delta": True}, "delta", "matrix"),
    ("ols_risk", MIX | {"cov": [1.0, 0.0]}, "cov", "eigenvalue"),
    ("ols_risk", MIX | {"sigma1": -1.0}, "sigma1", ">= 0"),
    ("ols_risk", MIX | {"sigma2": -1.0}, "sigma2", ">= 0"),
    ("ridge_risk", RIDGE | {"w": [1.0]}, "w", "as cov, 2"),
    ("ridge_risk", RIDGE | {"ridge": 0.0, "n": 3}, "n", "infinite"),
    ("ridge_risk", RIDGE | {"n_syn": 10}, "n_syn", "0 to n = 9"),
    ("ridge_shift", RIDGE | {"delta": [1.0, 1.0, 1.0]}, "delta", "it has 3"),
    ("plateau", {"p2": 1.5, "c2": 1.0}, "p2", "<= 1"),
    ("plateau", {"p2": 0.5, "c2": -1.0}, "c2", ">= 0"),
    ("crossover", {"p2": 0.0, "c2": 1.0, "d": 3}, "p2", "> 0"),
    ("crossover", {"p2": 0.5, "c2": 0.0, "d": 3}, "c2", "> 0"),
]


@pytest.mark.parametrize(("name", "params", "parameter_name", "word"), REFUSED)
def test_bad_input_is_refused_by_name(name: str, params: dict[str, Any], parameter_name: str, word: str) -> None:
    with pytest.raises(BadInput) as refusal:
        quantity.find(f"strong.{name}").evaluate(params)
    assert refusal.value.parameter == parameter_name
    assert word in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_singular_shift_is_a_shift() -> None:
    along = np.array([1.0, 2.0, -0.5])
    value = strong.ols_shift(9, 3, COV, np.outer(along, along))
    assert value == near(strong.ols_shift(9, 3, [1.0] * 3, [along @ COV @ along / 3] * 3), rel=1e-12)
    assert strong.ols_shift(9, 3, COV, np.zeros((3, 3))) == 0


CLOSED: dict[str, dict[str, Any]] = {
    "plateau": {"p2": 0.25, "c2": 3.0},
    "crossover": {"p2": 0.25, "c2": 3.0, "d": 7, "sigma": 1.5},
}


@pytest.mark.parametrize("name", [name for name in quantity.names() if name.startswith("strong.")])
def test_formulas_are_the_functions_or_latex(name: str) -> None:
    entry, params = quantity.find(name), CLOSED.get(name.removeprefix("strong."))
    form = entry.form({})
    if params is None:
        assert isinstance(form, str)
        assert form.count("{") == form.count("}")
        assert form.count(r"\Big[") == form.count(r"\Big]")
        return
    value = form.subs({letter: sympy.nsimplify(params[str(letter)]) for letter in form.free_symbols})
    assert entry.evaluate(params) == near(float(value), rel=1e-13)
    assert sympy.latex(form, symbol_names=latex_names())
