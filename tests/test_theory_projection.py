"""Random features against literal min-norm fits, the theorem for infinite size, and its own special cases."""

from __future__ import annotations

import hashlib
import math
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import integrate

from groundwork.errors import BadInput
from tests.strategies import parameter
from tests.test_theory_formulas import number
from theory import projection, quantity

#: Relative alone: approx keeps an absolute 1e-12 beside a relative tolerance, which small values would hide behind.
near = partial(pytest.approx, abs=0.0)
#: A sample mean further than this many standard errors from its value: p < 1e-11 under a normal law.
FAR = 7.0


def generator(name: str) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"))


def off(sample: np.ndarray, value: float) -> float:
    """Return how many standard errors the sample mean is away from the value."""
    return abs(sample.mean() - value) / (sample.std(ddof=1) / math.sqrt(len(sample)))


def fits(runs: int, d: int, m: int, n: int, n_syn: int, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return E ‖error‖^2 given rows and features, per unit of signal, noise and shift, each of shape (runs,)."""
    rng = generator(name)
    x, s = rng.normal(size=(runs, n, d)), rng.normal(size=(runs, m, d))
    back = np.swapaxes(s, 1, 2) @ np.linalg.pinv(x @ np.swapaxes(s, 1, 2))
    bias = back @ x - np.eye(d)
    moved = back[:, :, n - n_syn :] @ x[:, n - n_syn :]
    signal, noise, shift = ((part**2).sum(axis=(1, 2)) for part in (bias, back, moved))
    return signal / d, noise, shift / d


#: (d, m, n, n_syn): below the threshold and beyond, m above and below d, far enough from it for a finite variance.
SMALL = [(6, 2, 9, 3), (3, 3, 11, 4), (2, 5, 9, 2)]
LARGE = [(11, 12, 4, 2), (12, 30, 5, 1), (14, 11, 4, 3)]


@pytest.mark.parametrize(("d", "m", "n", "n_syn"), SMALL + LARGE)
def test_literal_fits(d: int, m: int, n: int, n_syn: int) -> None:
    beyond = min(m, d) > n
    risk = projection.interpolating_risk if beyond else projection.risk
    shift = projection.interpolating_shift if beyond else projection.shift
    signal, noise, moved = fits(8_000, d, m, n, n_syn, f"features {d} {m} {n} {n_syn}")
    if min(m, d) == d and not beyond:
        assert risk(d, m, n, n_syn, c2=0.0, sigma=0.0) == 0
        assert signal.max() < 1e-18
    else:
        assert off(signal, risk(d, m, n, n_syn, c2=0.0, sigma=0.0)) < FAR
    assert off(noise, risk(d, m, n, n_syn, c2=0.0, signal=0.0)) < FAR
    assert off(moved, shift(d, m, n, n_syn, c2=1.0)) < FAR
    total = risk(d, m, n, n_syn, c2=2.0, sigma=0.5, signal=3.0)
    assert off(3 * signal + noise / 4 + 2 * moved, total) < FAR
    # The same sample is far from the value at a neighbouring setting.
    assert off(moved, shift(d, m, n, n_syn - 1, c2=1.0)) > 2 * FAR


def test_whole_labels_drawn_and_fitted() -> None:
    """Rows, features, noise and one shift for all synthetic rows of a data set, nothing averaged by hand."""
    d, m, n, n_syn, runs, sigma, c2 = 6, 3, 12, 5, 20_000, 0.7, 2.0
    rng = generator("whole labels")
    truth = np.array([1.0, -1.0, 0.5, 0.0, 0.25, 2.0])
    x, s = rng.normal(size=(runs, n, d)), rng.normal(size=(runs, m, d))
    labels = x @ truth + sigma * rng.normal(size=(runs, n))
    shift = rng.normal(size=(runs, d)) * math.sqrt(c2 / d)
    labels[:, n - n_syn :] += np.einsum("rij,rj->ri", x[:, n - n_syn :], shift)
    features = x @ np.swapaxes(s, 1, 2)
    fit = np.einsum("rmd,rm->rd", s, np.einsum("rmn,rn->rm", np.linalg.pinv(features), labels))
    sample = ((fit - truth) ** 2).sum(axis=1)
    value = projection.risk(d, m, n, n_syn, c2, sigma, float(truth @ truth))
    assert off(sample, value) < FAR
    assert off(sample, projection.risk(d, m, n, n_syn - 2, c2, sigma, float(truth @ truth))) > FAR


@settings(max_examples=40)
@given(d=st.integers(1, 30), m=st.integers(1, 40), more=st.integers(2, 30), data=st.data(), c2=parameter("c2"))
@example(d=1, m=1, more=2, data=None, c2=1.0)
def test_below_the_threshold(d: int, m: int, more: int, data: Any, c2: float) -> None:
    n = m + more
    n_syn = data.draw(st.integers(0, n)) if data else 1
    spanned, psi = min(m, d), min(Fraction(m, d), Fraction(1))
    shift = projection.shift(d, m, n, n_syn, c2)
    # every row synthetic: the model learns w + shift, seen through the features, and the rest is noise
    whole = psi + Fraction(spanned, n - spanned - 1) * (1 - psi)
    assert projection.shift(d, m, n, n, c2) == near(float(whole) * c2, rel=1e-12, abs=1e-300)
    assert projection.shift(d, m, n, 0, c2) == 0
    assert shift >= 0
    if d == 1:  # a Beta moment
        assert shift == near(c2 * n_syn * (n_syn + 2) / (n * (n + 2)), rel=1e-12, abs=1e-300)
    rest = projection.risk(d, m, n, n_syn, 0.0, 0.5, 3.0)
    assert projection.risk(d, m, n, n_syn, c2, 0.5, 3.0) == near(rest + shift, rel=1e-12)
    assert rest == near(
        float(3 * (1 - psi)) + spanned / (n - spanned - 1) * float(Fraction(1, 4) + 3 * (1 - psi)), rel=1e-12
    )
    if m >= d:
        assert projection.risk(d, d, n, n_syn, c2) == projection.risk(d, m, n, n_syn, c2)


@settings(max_examples=30)
@given(n=st.integers(1, 30), extra=st.integers(2, 30), more=st.integers(2, 30), data=st.data())
def test_beyond_the_threshold(n: int, extra: int, more: int, data: st.DataObject) -> None:
    d, m = n + extra, n + more
    n_syn = data.draw(st.integers(1, n))
    shift, risk = projection.interpolating_shift, projection.interpolating_risk
    # every row synthetic: the labels of w + shift are fitted as those of w are
    learnt = Fraction(n, d) * (1 + Fraction(d - n, m - n - 1))
    assert shift(d, m, n, n, 1.0) == near(float(learnt), rel=1e-12)
    assert shift(d, m, n, n_syn, 1.0) > shift(d, m + 1, n, n_syn, 1.0) > 0
    # real and synthetic rows contradict each other most when half of d - 1 rows are synthetic
    mirror = d - 1 - n_syn
    if 0 < mirror <= n:
        assert shift(d, m, n, n_syn, 1.0) == near(shift(d, m, n, mirror, 1.0), rel=1e-12)
    assert (shift(d, m, n, n_syn, 1.0) > shift(d, m, n, n_syn - 1, 1.0)) == (2 * n_syn < d)
    assert risk(d, m, n, n_syn, 1.0) > risk(d, m + 1, n, n_syn, 1.0)
    rest = risk(d, m, n, n_syn, 0.0, 0.5, 3.0)
    assert risk(d, m, n, n_syn, 2.0, 0.5, 3.0) == near(rest + 2 * shift(d, m, n, n_syn, 1.0), rel=1e-12)
    huge = 2_000_000_000
    limit = projection.interpolating_risk_limit(d, n, n_syn, 2.0, 0.5, 3.0)
    assert limit == near(risk(d, huge, n, n_syn, 2.0, 0.5, 3.0), rel=1e-6)
    assert projection.interpolating_shift_limit(d, n, n_syn, 2.0) == near(shift(d, huge, n, n_syn, 2.0), rel=1e-6)
    raw = 3 * (1 - n / d) + 0.25 * n / (d - n - 1)  # min-norm least squares on the raw rows
    assert limit - projection.interpolating_shift_limit(d, n, n_syn, 2.0) == near(raw, rel=1e-12)


@pytest.mark.parametrize(("width", "rows", "share"), [(0.75, 0.5, 0.25), (2.0, 0.6, 0.1), (8.0, 0.6, 1.0)])
def test_beyond_the_threshold_the_infinite_theorem_is_the_limit(width: float, rows: float, share: float) -> None:
    """The mixture theorem with the spectrum of S'S, d = 1, by quadrature over its Marchenko-Pastur law."""
    aspect = 1 / width  # S'S/m: eigenvalues of a Wishart of width degrees of freedom, an atom at 0 if width < 1
    low, high = (1 - math.sqrt(aspect)) ** 2, (1 + math.sqrt(aspect)) ** 2

    def mean(f: Any) -> float:
        def angle(t: float) -> float:
            a = (low + high) / 2 + (high - low) / 2 * math.cos(t)
            return f(a) * ((high - low) / 2 * math.sin(t)) ** 2 / (2 * math.pi * aspect * a)

        bulk = integrate.quad(angle, 0, math.pi, epsabs=1e-13, epsrel=1e-12)[0]
        return bulk + max(0.0, 1 - width) * f(0.0)

    kappa, below, above = 1.0, 1e-9, 1e9
    for _ in range(200):
        kappa = math.sqrt(below * above)
        below, above = (kappa, above) if mean(lambda a, k=kappa: a / (a + k)) > rows else (below, kappa)
    df2 = mean(lambda a: (a / (a + kappa)) ** 2)
    u = df2 / (rows - df2)
    clean = mean(lambda a: (kappa / (a + kappa)) ** 2) / (1 - df2 / rows)
    real = 1 - share
    moved = mean(lambda a: (share**2 * (1 + real * u) * a**2 + share * u * (real * a + kappa) ** 2) / (a + kappa) ** 2)
    gaps = []
    for d in (10**4, 10**6):
        n = round(rows * d)
        setting = (d, round(width * d), n, round(share * n))
        parts = [
            projection.interpolating_risk(*setting, 0.0, 0.0) / clean,
            projection.interpolating_risk(*setting, 0.0, 1.0, 0.0) / u,
            projection.interpolating_shift(*setting, 1.0) / moved,
        ]
        gaps.append(np.abs(np.array(parts) - 1).max())
    assert gaps[0] < 2e-3
    assert gaps[1] < 2e-5
    assert gaps[0] > 20 * gaps[1]


SWEEP = {"d": 120, "n": 72, "n_syn": 18, "c2": 1.0}


def test_the_sweep_over_model_sizes() -> None:
    sizes = [4, 8, 16, 32, 48, 60, 68, 70]
    printed = [0.017, 0.036, 0.079, 0.208, 0.493, 1.22, 4.87, 14.9]
    assert list(projection.size_effect(sizes, **SWEEP)) == near(printed, rel=0.03)
    # simulated elsewhere with these standard errors
    beyond = projection.size_effect([90, 120, 200, 400, 1000], **SWEEP)
    assert np.abs(beyond - [1.22, 0.642, 0.453, 0.366, 0.340]).tolist() < [0.08, 0.044, 0.028, 0.02, 0.016]
    whole = projection.size_effect([4, 1000], **SWEEP, sigma=0.3, reading="risk")
    assert [round(value, 2) for value in whole] == [1.05, 0.92]
    assert (
        projection.size_effect([3, 20], d=3, n=9, n_syn=2, c2=1.0).tolist() == [projection.shift(3, 3, 9, 2, 1.0)] * 2
    )
    everything = [*sizes, 90, 1000]
    assert projection.best_size(everything, **SWEEP, sigma=0.3) == 4
    assert projection.best_size(everything, **SWEEP, sigma=0.3, reading="risk") == 1000


@settings(max_examples=25)
@given(n=st.integers(4, 40), slack=st.integers(-1, 30), n_syn=st.integers(1, 40))
def test_the_shift_part_peaks_at_the_threshold(n: int, slack: int, n_syn: int) -> None:
    d = n + slack
    values = projection.size_effect(range(1, min(n - 1, d + 1)), d=d, n=n, n_syn=min(n, n_syn), c2=1.0)
    assert (np.diff(values) > 0).all()


@settings(max_examples=25)
@given(psi=st.sampled_from([0.25, 0.5, 1.0, 1.5]), p2=st.sampled_from([0.125, 0.5, 1.0]), c2=parameter("c2"))
def test_the_plateau_in_n(psi: float, p2: float, c2: float) -> None:
    d, n = 8, 2**30
    reached = projection.shift(d, round(psi * d), n, round(p2 * n), c2)
    assert projection.shift_plateau(psi, p2, c2) == near(reached, rel=1e-6, abs=1e-300)


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("risk", {"d": 9, "m": 4, "n": 5}, "m", "infinite"),
    ("risk", {"d": 9, "m": 5, "n": 5}, "m", "infinite"),
    ("risk", {"d": 9, "m": 7, "n": 5}, "m", "interpolating_risk"),
    ("shift", {"d": 4, "m": 9, "n": 5}, "m", "infinite"),
    ("shift", {"d": 3, "m": 4, "n": 5}, "m", "give m = 3"),
    ("risk", {"d": 9, "m": 2, "n": 5, "n_syn": 6}, "n_syn", "from 0 to n = 5"),
    ("interpolating_risk", {"d": 9, "m": 6, "n": 5}, "m", "n + 2 = 7"),
    ("interpolating_risk", {"d": 6, "m": 9, "n": 5}, "d", "n + 2 = 7"),
    ("interpolating_shift", {"d": 9, "m": 9, "n": 5, "n_syn": 6}, "n_syn", "n = 5"),
    ("interpolating_shift_limit", {"d": 6, "n": 5}, "d", "n + 2 = 7"),
    ("risk", {"d": 9, "m": 2, "n": 5, "c2": -1.0}, "c2", ">= 0"),
    ("shift", {"d": 9, "m": 0, "n": 5}, "m", ">= 1"),
]


@pytest.mark.parametrize(("name", "params", "parameter", "word"), REFUSED)
def test_refused(name: str, params: dict[str, Any], parameter: str, word: str) -> None:
    with pytest.raises(BadInput) as refusal:
        quantity.find(f"projection.{name}").evaluate({"n_syn": 1, "c2": 1.0} | params)
    assert refusal.value.parameter == parameter
    assert word in str(refusal.value)


@pytest.mark.parametrize(
    ("sizes", "reading", "name"), [([], "shift", "sizes"), ([3], "shfit", "reading"), ([5], "risk", "m")]
)
def test_sizes_are_refused(sizes: list[int], reading: str, name: str) -> None:
    with pytest.raises(BadInput) as refusal:
        projection.size_effect(sizes, d=9, n=5, n_syn=1, c2=1.0, reading=reading)
    assert refusal.value.parameter == name


POINTS: dict[str, list[dict[str, Any]]] = {
    "risk": [{"d": d, "m": 3, "n": 9, "n_syn": 4, "c2": 2.0, "sigma": 0.5, "signal": 3.0} for d in (2, 7)],
    "shift": [{"d": d, "m": 3, "n": 9, "n_syn": 4, "c2": 2.0} for d in (2, 7)],
    "shift_plateau": [{"psi": psi, "p2": 0.25, "c2": 2.0} for psi in (0.5, 1.5)],
    "interpolating_risk": [{"d": 9, "m": 8, "n": 5, "n_syn": 4, "c2": 2.0, "sigma": 0.5, "signal": 3.0}],
    "interpolating_risk_limit": [{"d": 9, "n": 5, "n_syn": 4, "c2": 2.0, "sigma": 0.5, "signal": 3.0}],
    "interpolating_shift": [{"d": 9, "m": 8, "n": 5, "n_syn": 4, "c2": 2.0}],
    "interpolating_shift_limit": [{"d": 9, "n": 5, "n_syn": 4, "c2": 2.0}],
}


def test_the_formulas_are_the_functions() -> None:
    assert {f"projection.{name}" for name in POINTS} == {n for n in quantity.names() if n.startswith("projection.")}
    for name, points in POINTS.items():
        entry = quantity.find(f"projection.{name}")
        for params in points:
            values: dict[str, Any] = {key: Fraction(value) for key, value in params.items()}
            exact = number(entry.form(params), {k: v.numerator / v.denominator for k, v in values.items()}, {})
            assert entry.evaluate(params) == near(float(exact), rel=1e-12)
