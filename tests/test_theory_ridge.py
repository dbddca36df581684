"""Ridge quantities against roots at fifty digits, resolvents on another road, and literal ridge regression."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from groundwork.errors import BadInput
from tests import resolvents
from tests.strategies import parameter
from theory import linear, quantity, ridge
from theory.symbols import latex_names

#: Relative alone: pytest adds an absolute 1e-12 of its own, under which small values hide.
near = partial(pytest.approx, abs=0.0)
#: A sample mean further than this many standard errors from its value: p < 1e-11 under a normal law.
FAR = 7.0

SPECTRA = st.lists(st.floats(-8, 4).map(lambda e: 10.0**e), min_size=1, max_size=9)
RIDGES = st.one_of(st.just(0.0), st.floats(-20, 5).map(lambda e: 10.0**e))


@settings(max_examples=200)
@given(s=SPECTRA, n=st.integers(1, 12), lam=RIDGES)
@example(s=[1.0, 1.0, 1.0], n=3, lam=1e-300)
@example(s=[1.0, 1.0, 1e-250], n=2, lam=0.0)
@example(s=[3.0], n=1, lam=0.0)
def test_the_root_at_fifty_digits(s: list[float], n: int, lam: float) -> None:
    root = ridge.kappa(lam, n, s)
    assert (root == 0) is (lam == 0 and n >= len(s))
    if root == 0:
        return
    with mpmath.workdps(600 if min(lam or 1.0, *s) < 1e-100 else 60):

        def excess(kappa: Any) -> Any:
            df1 = mpmath.fsum(mpmath.mpf(e) / (mpmath.mpf(e) + kappa) for e in s)
            return kappa - mpmath.mpf(lam) - kappa * df1 / n

        # The equation rises through its largest root: a change of sign this close to it is a proof.
        close = mpmath.mpf(4) / 10**15
        assert excess(mpmath.mpf(root) * (1 - close)) < 0 < excess(mpmath.mpf(root) * (1 + close))


@given(lam=st.floats(0.01, 5), n=st.integers(1, 40), d=st.integers(1, 40), scale=st.floats(0.1, 9))
def test_one_eigenvalue_gives_a_quadratic(lam: float, n: int, d: int, scale: float) -> None:
    half = (scale - lam - scale * d / n) / 2
    # kappa^2 + 2 half kappa - lam scale = 0
    expected = math.sqrt(half**2 + lam * scale) - half
    assert ridge.kappa(lam, n, [scale] * d) == near(expected, rel=1e-10)


def test_many_spectra_are_solved_like_one() -> None:
    spectra = np.array([[[3.0, 1.0, 0.2, 0.0], [0.0, 0.2, 1.0, 3.0]], [[5.0, 5.0, 5.0, 5.0], [1e-9, 1.0, 0.0, 0.0]]])
    ridges = np.array([[0.5], [0.0]])
    roots, left = ridge.kappa_many(ridges, 2, spectra)
    assert roots.shape == left.shape == (2, 2)
    assert (left < 1e-12).all()
    one_by_one = [[ridge.kappa_many(lam, 2, s)[0] for s in row] for (lam,), row in zip(ridges, spectra, strict=True)]
    assert np.array_equal(roots, np.array(one_by_one))
    # A zero eigenvalue is no direction, and the order does not matter.
    assert roots[0, 0] == roots[0, 1] == ridge.kappa(0.5, 2, [3.0, 1.0, 0.2])
    assert roots[1].tolist() == [near(5.0, rel=1e-15), 0.0]
    many, rest = ridge.kappa_many(np.linspace(0, 2, 3000), 7, np.exp(np.linspace(-6, 2, 30)))
    assert many.shape == (3000,)
    assert (np.diff(many) > 0).all()
    assert (rest < 1e-12).all()
    assert ridge.kappa_many(0.0, 1.5, [1.0, 1.0])[0] == near(1 / 3, rel=1e-15)


@given(s=SPECTRA, n=st.integers(1, 12), lam=st.floats(0.001, 10), by=st.floats(0.01, 100))
def test_units_cancel(s: list[float], n: int, lam: float, by: float) -> None:
    w = [1.0 - 0.3 * i for i in range(len(s))]
    scaled = [by * e for e in s]
    assert ridge.kappa(by * lam, n, scaled) == near(by * ridge.kappa(lam, n, s), rel=1e-12)
    risk = ridge.collapsed_risk(n, lam, s, w, len(s) + 4, 3, 0.5, 2.0)
    assert ridge.collapsed_risk(n, by * lam, scaled, np.array(w) / math.sqrt(by), len(s) + 4, 3, 0.5, 2.0) == near(
        risk, rel=1e-11
    )


@given(s=st.lists(st.integers(1, 9), min_size=1, max_size=6), kappa=st.integers(0, 5), m=st.integers(1, 4))
def test_degrees_of_freedom(s: list[int], kappa: int, m: int) -> None:
    exact = sum(Fraction(e, e + kappa) ** m for e in s)
    value = ridge.df(m, float(kappa), [float(e) for e in s])
    assert value == near(float(exact), rel=1e-14)
    assert value <= len(s)


@pytest.mark.parametrize("n", [3, 7, 8, 20])
@pytest.mark.parametrize("lam", [0.05, 1.7])
def test_anisotropic_traces_on_another_road(n: int, lam: float) -> None:
    s, w = [4.0, 2.0, 1.0, 1.0, 0.5, 0.1, 0.02], [0.5, -1.0, 2.0, 0.0, 1.0, 3.0, -4.0]
    bias, variance = resolvents.bias(lam, n, s, w), resolvents.variance(lam, n, s)
    echo = resolvents.echo(lam, n, s, [1 / e for e in s])
    assert ridge.clean_bias(n, lam, s, w) == near(bias, rel=1e-10)
    assert ridge.clean_variance(n, lam, s, 2.0) == near(4 * variance, rel=1e-10)
    assert ridge.clean_risk(n, lam, s, w, 2.0) == near(bias + 4 * variance, rel=1e-10)
    assert ridge.rho(n, lam, s, 12) == near(echo / 4, rel=1e-10)
    total = bias + 4 * variance + 3 * 0.25 * echo / 4
    assert ridge.collapsed_risk(n, lam, s, w, 12, 3, 2.0, 0.5) == near(total, rel=1e-10)
    assert ridge.collapsed_risk(n, lam, s, w, 12, 0, 2.0, 0.5) == near(bias + 4 * variance, rel=1e-10)
    hops = ridge.collapse_crossover(n, lam, s, w, 12, 2.0, 0.5)
    assert hops * 0.25 * echo / 4 == near(bias + 4 * variance, rel=1e-10)


@pytest.mark.parametrize("n", [2, 3, 7, 30])
def test_a_vanishing_penalty_is_none(n: int) -> None:
    s, w = [4.0, 2.0, 1.0, 0.5, 0.1], [0.5, -1.0, 2.0, 0.0, 1.0]
    for ask in (ridge.clean_bias, ridge.clean_risk):
        assert ask(n, 1e-13, s, w) == near(ask(n, 0.0, s, w), rel=1e-10, abs=1e-20)
    assert ridge.rho(n, 1e-13, s, 9) == near(ridge.rho(n, 0.0, s, 9), rel=1e-10)
    if n > 5:
        assert ridge.clean_bias(n, 0.0, s, w) == 0
        assert ridge.clean_risk(n, 0.0, s, w, 2.0) == near(4 * 5 / (n - 5), rel=1e-14)
        assert ridge.rho(n, 0.0, s, 9) == near(5 / 3, rel=1e-14)


def marchenko_pastur(f: Any, ratio: float) -> float:
    """Return the mean of f over the eigenvalues of X'X/n, d/n -> ratio: Gauss and Chebyshev, and the atom at 0."""
    k = np.arange(1, 400)
    angle = k * np.pi / 400
    x = 1 + ratio + 2 * math.sqrt(ratio) * np.cos(angle)
    continuous = 2 / np.pi * (f(x) / x * np.pi / 400 * np.sin(angle) ** 2).sum()
    return float(continuous + max(0.0, 1 - 1 / ratio) * f(0.0))


@pytest.mark.parametrize("ratio", [0.25, 0.8, 2.5])
@pytest.mark.parametrize("lam", [0.1, 2.0])
def test_isotropic_traces_are_integrals_over_the_limit_spectrum(ratio: float, lam: float) -> None:
    n, d = 20, round(20 * ratio)
    s, w = [1.0] * d, [1.0] * d
    assert ridge.clean_bias(n, lam, s, w) == near(
        d * marchenko_pastur(lambda x: lam**2 / (x + lam) ** 2, ratio), rel=1e-9
    )
    assert ridge.clean_variance(n, lam, s) == near(
        ratio * marchenko_pastur(lambda x: x / (x + lam) ** 2, ratio), rel=1e-9
    )
    assert ridge.rho(n, lam, s, d + 3) == near(
        d / 2 * marchenko_pastur(lambda x: x**2 / (x + lam) ** 2, ratio), rel=1e-9
    )


def last_fits(
    rng: np.random.Generator, runs: int, n: int, lam: float, s: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rows, S R and R of ridge fits."""
    x = rng.normal(size=(runs, n, len(s))) * np.sqrt(s)
    gram = np.einsum("rij,rik->rjk", x, x) / n
    inverse = np.linalg.inv(gram + lam * np.eye(len(s)))
    return x, inverse @ gram, inverse


def within(sample: np.ndarray, value: float, allowance: float = 0.0) -> bool:
    return abs(sample.mean() - value) < FAR * sample.std(ddof=1) / math.sqrt(len(sample)) + allowance


def test_hops_add_up_exactly_at_any_size() -> None:
    """The literal loop, less clean + g sigma0^2 rho given the same last rows, has mean 0 at d = 2, n = 3."""
    rng = np.random.default_rng(0)
    s, w, lam, runs = np.array([2.0, 0.3]), np.array([0.3, -0.6]), 0.4, 40_000
    n, n0, g, sigma, sigma0 = 3, 9, 3, 0.4, 2.0
    teacher = np.tile(w, (runs, 1))
    for _ in range(g):
        x = rng.normal(size=(runs, n0, 2)) * np.sqrt(s)
        y = np.einsum("rij,rj->ri", x, teacher) + sigma0 * rng.normal(size=(runs, n0))
        gram = np.einsum("rij,rik->rjk", x, x)
        teacher = np.linalg.solve(gram, np.einsum("rij,ri->rj", x, y)[..., None])[..., 0]
    x, shrink, inverse = last_fits(rng, runs, n, lam, s)
    y = np.einsum("rij,rj->ri", x, teacher) + sigma * rng.normal(size=(runs, n))
    fit = np.einsum("rij,rj->ri", inverse, np.einsum("rij,ri->rj", x, y) / n)
    risk = (s * (fit - w) ** 2).sum(axis=1)
    bias = (s * (np.einsum("rij,j->ri", shrink, w) - w) ** 2).sum(axis=1)
    # R^2 S = R - ridge R^2
    variance = sigma**2 / n * np.einsum("i,rii->r", s, inverse - lam * inverse @ inverse)
    echo = np.einsum("i,rij,j->r", s, shrink**2, 1 / s)
    added = g * sigma0**2 * echo / (n0 - 2 - 1)
    assert within(risk - bias - variance - added, 0.0)
    for wrong in (added * (g - 1) / g, added * (n0 - 3) / (n0 - 2), added * 2):
        assert not within(risk - bias - variance - wrong, 0.0)


def measured(d: int, runs: int, seed: int) -> tuple[np.ndarray, list[float]]:
    """Return samples (3, runs) of bias, variance and echo at n = 3d/2, and their equivalents."""
    s, lam, n = 1 / (1 + 4 * np.arange(d) / d), 0.1, 3 * d // 2
    w = np.ones(d)
    _, shrink, inverse = last_fits(np.random.default_rng(seed), runs, n, lam, s)
    bias = (s * (shrink.sum(axis=2) - 1) ** 2).sum(axis=1)
    variance = np.einsum("i,rii->r", s, inverse - lam * inverse @ inverse) / n
    echo = np.einsum("i,rij,j->r", s, shrink**2, 1 / s)
    spectrum = list(s)
    exact = [
        ridge.clean_bias(n, lam, spectrum, w),
        ridge.clean_variance(n, lam, spectrum),
        ridge.rho(n, lam, spectrum, d + 2),
    ]
    return np.array([bias, variance, echo]), exact


def test_equivalents_are_near_at_forty_features() -> None:
    samples, exact = measured(40, 400, 0)
    for sample, value in zip(samples, exact, strict=True):
        assert within(sample, value, 0.03 * value)
        assert not within(sample, 1.15 * value, 0.03 * value)


@pytest.mark.slow
def test_the_gap_of_the_equivalents_falls_with_the_size() -> None:
    gaps, errors = [], []
    for d, runs in ((8, 100_000), (16, 50_000), (32, 12_000)):
        samples, exact = measured(d, runs, d)
        gaps.append(np.abs(samples.mean(axis=1) / exact - 1))
        errors.append(samples.std(axis=1, ddof=1) / math.sqrt(runs) / exact)
    assert (gaps[0] > FAR * errors[0]).all()
    assert (gaps[0] < 1 / 8).all()
    # O(1/d): a doubling takes away nearly half of the gap, and not much more.
    for (larger, before), (smaller, after) in pairwise(zip(gaps, errors, strict=True)):
        assert (smaller < larger / 1.4 + FAR * after).all()
        assert (smaller > (larger - FAR * before) / 2.5 - FAR * after).all()


@given(s=SPECTRA, lam=st.floats(0.01, 5), sigma=parameter("sigma", low=0.1))
def test_many_rows_leave_the_penalty_alone(s: list[float], lam: float, sigma: float) -> None:
    n, d = 2_000_000_000, len(s)
    w = [1.0 + i for i in range(d)]
    shrunk = sum(lam**2 * e * b**2 / (e + lam) ** 2 for e, b in zip(s, w, strict=True))
    assert ridge.kappa(lam, n, s) == near(lam, rel=1e-6 * max(1.0, sum(s)))
    assert ridge.clean_bias(n, lam, s, w) == near(shrunk, rel=1e-4)
    assert n * ridge.clean_variance(n, lam, s, sigma) == near(sigma**2 * ridge.df(2, lam, s), rel=1e-4)
    corrected = ridge.rho_low_dimensional_corrected(lam, d + 5, s)
    assert corrected == near(ridge.df(2, lam, s) / 4, rel=1e-13)
    assert ridge.rho(n, lam, s, d + 5) == near(corrected, rel=1e-4)
    # The printed prefactor is short by the factor 4/5 at this size, however many rows the last fit has.
    assert ridge.rho_low_dimensional(lam, d + 5, s) == near(corrected * 4 / 5, rel=1e-13)


@given(s=st.lists(st.floats(0.1, 5), min_size=2, max_size=6), n=st.integers(1, 20), lam=st.floats(0.01, 5))
def test_the_printed_trace_has_a_vacuous_second_ridge(s: list[float], n: int, lam: float) -> None:
    d = len(s)
    for n0 in (d + 2, d + 7):
        assert ridge.rho_printed(n, lam, s, n0) == near(ridge.rho(n, lam, s, n0) * (n0 - d - 1) / (n0 - d), rel=1e-12)
    first, kappa = ridge.kappa(0.0, 1, s), ridge.kappa(lam, n, s)
    fourth = sum(e**4 / ((e + first) * (e + kappa)) ** 2 for e in s)
    second = kappa**2 * sum(e**2 / ((e + first) * (e + kappa)) ** 2 for e in s)
    df2, below = ridge.df(2, kappa, s), 1 - ridge.df(2, first, s)
    literal = fourth / below + second / below * df2 / (n - df2)
    assert ridge.rho_printed(n, lam, s, 1) == near(literal, rel=1e-9)


@given(n=st.integers(1, 8), gap=st.integers(2, 8), g=st.integers(1, 7), sigma=parameter("sigma"))
def test_isotropic_projections_are_the_known_law(n: int, gap: int, g: int, sigma: float) -> None:
    d = n + gap
    w = [1.0] + [0.0] * (d - 1)
    free = linear.overparametrised_risk(n, d, g, 0.0)
    kept = Fraction(n, d)
    noise = Fraction(n, d - n) * (1 - kept**g) / (1 - kept)
    assert ridge.overparametrised_risk(n, g, [1.0] * d, w, 0.0) == near(free, rel=1e-11)
    assert ridge.overparametrised_risk(n, g, [2.0] * d, w, sigma) == near(2 * free + sigma**2 * float(noise), rel=1e-11)


def test_one_projection_is_a_fit_without_a_ridge() -> None:
    s, w = [4.0, 2.0, 1.0, 0.5, 0.1], [0.5, -1.0, 2.0, 1.0, 3.0]
    assert ridge.overparametrised_risk(3, 1, s, w, 0.7) == near(ridge.clean_risk(3, 0.0, s, w, 0.7), rel=1e-12)
    late = ridge.overparametrised_risk(3, 10**9, s, w, 0.7)
    assert late == near(ridge.overparametrised_risk(3, 400, s, w, 0.7), rel=1e-12)
    # Everything is forgotten but the noise.
    assert ridge.overparametrised_risk(3, 10**9, s, w, 0.0) == near(sum(np.array(s) * np.array(w) ** 2), rel=1e-12)


def test_anisotropic_projections_literally() -> None:
    rng = np.random.default_rng(0)
    d, n, runs, sigma = 60, 30, 300, 0.5
    s = 1 / (1 + 0.1 * np.arange(d))
    w = np.ones(d)
    fits = {"free": np.tile(w, (runs, 1)), "noisy": np.tile(w, (runs, 1))}
    for _ in range(3):
        x = rng.normal(size=(runs, n, d)) * np.sqrt(s)
        inverse = np.linalg.inv(x @ x.transpose(0, 2, 1))
        noise = sigma * rng.normal(size=(runs, n))
        for name, fit in fits.items():
            y = np.einsum("rij,rj->ri", x, fit) + noise * (name == "noisy")
            fits[name] = np.einsum("rij,ri->rj", x, np.einsum("rij,rj->ri", inverse, y))
    for name, fit in fits.items():
        risk = (s * (fit - w) ** 2).sum(axis=1)
        value = ridge.overparametrised_risk(n, 3, list(s), w, sigma if name == "noisy" else 0.0)
        assert within(risk, value, 0.02 * value)
        assert not within(risk, 1.1 * value, 0.02 * value)


CLEAN: dict[str, Any] = {"n": 6, "ridge": 0.5, "cov": [1.0, 2.0], "w": [1.0, 1.0]}
#: (quantity, parameters, the parameter that the refusal names, a word of what it says)
REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("kappa", {"ridge": -1.0, "n": 3, "cov": [1.0]}, "ridge", ">= 0"),
    ("kappa", {"ridge": 1.0, "n": [3, 4], "cov": [1.0]}, "n", "integer"),
    ("kappa", {"ridge": 1.0, "n": 3, "cov": [1.0, 0.0]}, "cov", "> 0"),
    ("kappa", {"ridge": 1.0, "n": 3, "cov": [[1.0, 0.0], [0.0, 1.0]]}, "cov", "vector"),
    ("df", {"m": 0, "kappa": 1.0, "cov": [1.0]}, "m", ">= 1"),
    ("df", {"m": 1, "kappa": -1.0, "cov": [1.0]}, "kappa", ">= 0"),
    ("clean_risk", CLEAN | {"w": [1.0]}, "w", "as cov, 2"),
    ("clean_risk", CLEAN | {"ridge": 0.0, "n": 3}, "n", "infinite"),
    ("clean_risk", CLEAN | {"ridge": 0.0, "n": 1}, "n", "infinite"),
    ("clean_variance", {"n": 2, "ridge": 0.0, "cov": [1.0, 2.0]}, "n", "infinite"),
    ("collapsed_risk", CLEAN | {"n0": 3, "g": 1}, "n0", "d + 2 = 4"),
    ("collapsed_risk", CLEAN | {"n0": 4, "g": -1}, "g", ">= 0"),
    ("collapsed_risk", CLEAN | {"n0": 4, "g": 1, "sigma0": -1.0}, "sigma0", ">= 0"),
    ("rho", {"n": 6, "ridge": 0.5, "cov": [1.0, 2.0], "n0": 3}, "n0", "d + 2 = 4"),
    ("rho_low_dimensional", {"ridge": 0.5, "cov": [1.0, 2.0], "n0": 2}, "n0", "d + 2 = 4"),
    ("rho_low_dimensional_corrected", {"ridge": 0.5, "cov": [1.0, 2.0], "n0": 3}, "n0", "d + 2 = 4"),
    ("rho_printed", {"n": 6, "ridge": 0.5, "cov": [1.0, 2.0], "n0": 2}, "n0", "not d = 2"),
    ("collapse_crossover", CLEAN | {"n0": 4, "sigma0": 0.0}, "sigma0", "> 0"),
    ("power_law_df", {"m": 1, "lam": 0.0, "beta": 2.0}, "lam", "> 0"),
    ("power_law_df", {"m": 1, "lam": 1.0, "beta": 1.0}, "beta", "> 1"),
    ("power_law_bias", {"lam": 1.0, "beta": 2.0, "r": 0.0}, "r", "> 0"),
    ("power_law_risk", {"lam": 1.0, "beta": 2.0, "r": 1.0, "n": 5, "g": 2}, "n0", "when g > 0"),
    ("power_law_optimal_risk", {"beta": 2.0, "r": 1.0, "n": 5, "g": 1}, "n0", "when g > 0"),
    ("power_law_optimal_risk", {"beta": 2.0, "r": 1.0, "n": 5, "sigma": 0.0}, "sigma", "> 0"),
    ("optimal_exponent", {"beta": 0.5, "r": 1.0}, "beta", "> 1"),
    ("optimal_ridge", {"n": 6, "cov": [1.0], "w": [0.0], "n0": 5, "g": 1}, "w", "infinite"),
    ("optimal_ridge", {"n": 6, "cov": [1.0], "w": [1.0], "n0": 5, "g": 0, "sigma": 0.0}, "sigma", "0 without noise"),
    ("optimal_ridge", {"n": 6, "cov": [1.0], "w": [1.0], "n0": 2, "g": 1}, "n0", "d + 2 = 3"),
    ("optimal_ridge", {"n": 6, "cov": [1.0], "w": [1.0], "n0": 5, "g": 0, "sigma": 1e-160}, "sigma", "float64"),
    ("overparametrised_risk", {"n": 2, "g": 1, "cov": [1.0, 2.0, 3.0], "w": [1.0] * 3}, "n", "d - 2 = 1"),
    ("overparametrised_risk", {"n": 1, "g": 0, "cov": [1.0, 2.0, 3.0], "w": [1.0] * 3}, "g", ">= 1"),
]


@pytest.mark.parametrize(("name", "params", "parameter_name", "word"), REFUSED)
def test_bad_input_is_refused_by_name(name: str, params: dict[str, Any], parameter_name: str, word: str) -> None:
    with pytest.raises(BadInput) as refusal:
        quantity.find(f"ridge.{name}").evaluate(params)
    assert refusal.value.parameter == parameter_name
    assert word in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("lam", "n", "spectra", "parameter_name"),
    [
        (-1.0, 2, [1.0], "ridge"),
        (math.nan, 2, [1.0], "ridge"),
        (1.0, 0, [1.0], "n"),
        (1.0, 2, [[0.0, 0.0]], "spectra"),
        (1.0, 2, [1.0, -1.0], "spectra"),
        (1.0, 2, [math.inf], "spectra"),
        (1.0, 2, 3.0, "spectra"),
        ([1.0, 2.0], 2, [[1.0]] * 3, "spectra"),
    ],
)
def test_bad_spectra_are_refused(lam: Any, n: Any, spectra: Any, parameter_name: str) -> None:
    with pytest.raises(BadInput) as refusal:
        ridge.kappa_many(lam, n, spectra)
    assert refusal.value.parameter == parameter_name


#: Closed in the parameters; the others print sums over the eigenvalues as LaTeX.
CLOSED: dict[str, dict[str, Any]] = {
    "effective_sample": {"n": 7, "n0": 3, "g": 5},
    "optimal_exponent": {"beta": 2.5, "r": 0.75},
    "optimal_ridge_exponent": {"beta": 2.5, "r": 1.75},
    "power_law_df_leading": {"m": 2, "lam": 0.25, "beta": 2.5},
}


@pytest.mark.parametrize("name", [name for name in quantity.names() if name.startswith("ridge.")])
def test_formulas_are_the_functions_or_latex(name: str) -> None:
    entry, params = quantity.find(name), CLOSED.get(name.removeprefix("ridge."))
    form = entry.form({})
    if params is None:
        assert isinstance(form, str)
        assert form.count("{") == form.count("}")
        assert form.count(r"\Big[") + form.count(r"\Big(") == form.count(r"\Big]") + form.count(r"\Big)")
        return
    value = form.subs({letter: sympy.nsimplify(params[str(letter)]) for letter in form.free_symbols})
    assert entry.evaluate(params) == near(float(value), rel=1e-13)
    assert sympy.latex(form, symbol_names=latex_names())
