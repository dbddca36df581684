"""Claims about refitted regressions: their values against theory, the loops as printed and exact paths; verdicts."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from paper_checks import (
    _moments_overparametrised,
    _subsample_law,
    arulandu2024_regression,
    arulandu2024_subsample,
    beyond_forgetting,
    beyond_regression,
    beyond_weights,
    gerstgrasser2024_paths,
    schaeffer2025_growth,
    schaeffer2025_regression,
    schaeffer2025_shares,
)
from paper_checks._examine import show
from paper_checks._seeds import seed_of
from tailfade.verification import verify
from theory.quantity import find

MODULES = (
    gerstgrasser2024_paths,
    arulandu2024_regression,
    arulandu2024_subsample,
    schaeffer2025_regression,
    schaeffer2025_shares,
    schaeffer2025_growth,
    beyond_regression,
    beyond_forgetting,
    beyond_weights,
)
CLAIMS = {claim.id: claim for module in MODULES for claim in module.CLAIMS}
SIZES = st.integers(2, 6)


def generator(label: str) -> np.random.Generator:
    return np.random.default_rng(seed_of("1", "tests", label))


def value(name: str, **given: Any) -> float:
    return float(find(name).evaluate(given))


@pytest.mark.slow
@pytest.mark.parametrize("name", list(CLAIMS))
def test_the_verdict_is_the_expected_one(name: str) -> None:
    (verdict,) = verify(name, budget="quick").verdicts
    assert verdict.as_expected, verdict.conclusion.words()


@pytest.mark.slow
@pytest.mark.parametrize("name", list(CLAIMS))
def test_no_step_is_left_open(name: str) -> None:
    proofs, enumerated = show(CLAIMS[name])
    answers = {(step.of, step.answer) for step in (*proofs, *enumerated)}
    assert "unsure" not in {answer for _, answer in answers}
    assert ("exact", "refuted") not in answers
    assert (("printed", "refuted") in answers) == (CLAIMS[name].expected == "REFUTED")


# Exact paths.

NOISES = {
    "normal": lambda rng, size: rng.normal(size=size),
    "Laplace": lambda rng, size: rng.laplace(size=size),
    "Cauchy": lambda rng, size: rng.standard_cauchy(size=size),
    "signs": lambda rng, size: rng.choice([-1.0, 1.0], size=size),
}


@settings(max_examples=40)
@given(d=st.integers(1, 5), more=st.integers(0, 9), g=st.integers(1, 7), noise=st.sampled_from(list(NOISES)))
def test_theorem_1_on_every_path(d: int, more: int, g: int, noise: str) -> None:
    """Least squares on the stacked rows, as printed, against w* + X^+ sum E_i/i, to 1e-12 of the largest noise."""
    rng = generator(f"path {d} {more} {g} {noise}")
    x, truth = rng.normal(size=(d + more, d)) @ np.diag(rng.uniform(0.2, 3, d)), rng.normal(size=d)
    w, rows, labels, shocks = truth, [], [], []
    for _ in range(g):
        shocks.append(NOISES[noise](rng, d + more))
        rows.append(x)
        labels.append(x @ w + shocks[-1])
        w = np.linalg.lstsq(np.concatenate(rows), np.concatenate(labels), rcond=None)[0]
    inverse = np.linalg.pinv(x)
    expected = truth + inverse @ sum(shock / i for i, shock in enumerate(shocks, 1))
    scale = np.linalg.norm(inverse, 2) * np.abs(shocks).max() + np.linalg.norm(truth)
    # Rounding grows with the condition number of the design, which a random one may have large.
    assert np.abs(w - expected).max() <= 1e-12 * max(1.0, np.linalg.cond(x)) * scale * (d + more)


@given(g=st.integers(1, 6), d=st.integers(1, 4), n=st.integers(6, 12))
@settings(max_examples=20)
def test_on_new_rows_a_fit_moves_by_its_own_noise_alone(g: int, d: int, n: int) -> None:
    rng = generator(f"fresh {g} {d} {n}")
    w, gram, moment = np.zeros(d), np.zeros((d, d)), np.zeros(d)
    for _ in range(g):
        x, noise = rng.normal(size=(n, d)), rng.standard_t(3, size=n)
        gram, moment = gram + x.T @ x, moment + x.T @ (x @ w + noise)
        moved = w + np.linalg.solve(gram, x.T @ noise)
        w = np.linalg.solve(gram, moment)
        np.testing.assert_allclose(w, moved, rtol=1e-9, atol=1e-11)


def test_the_windowed_sum_is_kept_on_every_path() -> None:
    rng, width = generator("window"), 4
    shocks, theta = rng.normal(size=60), [0.0] * width
    for k in range(width, 60):
        theta.append(sum(theta[k - 1 - i] + shocks[k - i] for i in range(width)) / width)
    total = [sum((width - i) * theta[k - i] for i in range(width)) for k in range(2 * width, 60)]
    recent = [sum(shocks[k - i] for i in range(width)) for k in range(2 * width + 1, 60)]
    np.testing.assert_allclose(np.diff(total), recent, atol=1e-12)


# Values against theory and against quadrature.


@given(n=st.integers(5, 40), d=st.integers(1, 3), g=st.integers(1, 8), sigma=st.floats(0.1, 3))
@settings(max_examples=25)
def test_values_are_those_of_theory(n: int, d: int, g: int, sigma: float) -> None:
    p = {"n": n, "d": d, "g": g, "sigma": sigma}
    assert beyond_regression.fresh(p) == pytest.approx(value("linear.risk", workflow="accumulate", design="fresh", **p))
    assert schaeffer2025_regression.ratio(p) == pytest.approx(value("linear.noisy_test_ratio", n=n, d=d, g=g))
    assert beyond_weights.windowed(p) * n == pytest.approx(sigma**2 * value("location.window_mse", W=3, n=n, g=g))
    assert beyond_weights.fading(p, 0.3) * n == pytest.approx(
        sigma**2 * value("location.zeta_pathway_mse", alpha=0.3, g=g)
    )
    assert beyond_weights.shared(p, 0.4) * n == pytest.approx(sigma**2 * value("location.gain_mse", L=0.6, g=g))
    doubled = [4, *(4 * 2**k for k in range(g - 1))]
    assert arulandu2024_regression.doubled_ratio(p) * n == pytest.approx(
        sigma**2 * value("location.schedule_mse", n=doubled)
    )
    risk = value("linear.risk", workflow="accumulate", **p)
    assert gerstgrasser2024_paths.bound(p) > risk
    assert gerstgrasser2024_paths.bound(p) < risk * (1 + 1 / g)


@given(n=SIZES, g=st.integers(1, 7), replacement=st.booleans())
@settings(max_examples=20)
def test_the_subsampled_recursion_is_that_of_theory_and_above_accumulation(n: int, g: int, replacement: bool) -> None:
    name = "location.subsample_replacement_mse" if replacement else "location.subsample_mse"
    exact = _subsample_law.exact(Fraction(n), g, replacement=replacement)
    assert float(exact) == pytest.approx(value(name, n=n, g=g), rel=1e-12)
    floor = arulandu2024_subsample.floor({"n": n, "g": g, "sigma": 1.0}, replacement=replacement)
    assert float(exact) > floor * (1 + 1e-9) if g > 1 else float(exact) == pytest.approx(floor, rel=1e-12)
    if not replacement:
        assert float(exact) <= g / n + 1e-12


def test_fixed_and_renewed_real_rows_are_those_of_theory() -> None:
    for g in (1, 2, 5, 30):
        p = {"n": 10, "g": g, "sigma": 1.0}
        assert schaeffer2025_shares.kept(p) == pytest.approx(value("location.fixed_real_mse", n_real=5, n_syn=10, g=g))
    limit = schaeffer2025_shares.renewed({"n": 10, "g": 200, "sigma": 1.0}) * 10 * schaeffer2025_shares.SHARE
    assert limit == pytest.approx(value("location.fresh_real_ratio_limit", n_real=5, n_syn=5))


@given(n=st.integers(1, 3), more=st.integers(4, 8), g=st.integers(1, 6), sigma=st.floats(0, 2))
@settings(max_examples=25)
def test_the_mean_of_a_least_norm_loop_is_that_of_theory(n: int, more: int, g: int, sigma: float) -> None:
    p = {"n": n, "d": n + more, "g": g, "sigma": sigma}
    assert _moments_overparametrised.moments(p)[0] == pytest.approx(value("linear.overparametrised_risk", **p))


def test_the_moments_of_a_least_norm_loop_are_those_of_the_loop() -> None:
    """Variance to 5 standard errors, where the tail is light (d - n + 1 = 12) and without noise."""
    rng, paths, d, n = generator("least norm"), 20_000, 13, 2
    for sigma in (0.0, 0.7):
        w = np.zeros((paths, d))
        w[:, 0] = 1
        truth = w.copy()
        for _ in range(3):
            x = rng.normal(size=(paths, n, d))
            y = np.einsum("sij,sj->si", x, w) + sigma * rng.normal(size=(paths, n))
            w = np.einsum("sij,si->sj", x, np.linalg.solve(x @ x.transpose(0, 2, 1), y[..., None])[..., 0])
        risk = ((w - truth) ** 2).sum(axis=1)
        mean, variance = _moments_overparametrised.moments({"n": n, "d": d, "g": 3, "sigma": sigma})
        assert risk.mean() == pytest.approx(mean, abs=5 * math.sqrt(variance / paths))
        spread = float(np.std((risk - mean) ** 2)) / math.sqrt(paths)
        assert ((risk - mean) ** 2).mean() == pytest.approx(variance, abs=5 * spread)


@given(n=st.integers(1, 4), more=st.integers(4, 9), sigma=st.floats(0.1, 3))
@settings(max_examples=20)
def test_one_least_norm_fit_loses_a_beta_part_and_adds_independent_noise(n: int, more: int, sigma: float) -> None:
    d = n + more
    lost = stats.beta(more / 2, n / 2)
    noise = sigma**2 * n / (d - n + 1) * np.array(stats.f(n, d - n + 1).stats("m")).item()
    spread = (sigma**2 * n / (d - n + 1)) ** 2 * np.array(stats.f(n, d - n + 1).stats("v")).item()
    mean, variance = _moments_overparametrised.moments({"n": n, "d": d, "g": 1, "sigma": sigma})
    assert (mean, variance) == pytest.approx((lost.mean() + noise, lost.var() + spread), rel=1e-9)


def test_a_ridge_at_every_fit_over_the_design_is_theory_given_it() -> None:
    p = {"n": 8, "g": 3, "sigma": 1.3}

    def given_design(e: float) -> float:
        risk = value("linear.ridge_every_generation_risk", n=8, ridge=0.5, gram=[e], w=[1.0], g=3, sigma=1.3)
        return risk * float(stats.chi2.pdf(8 * e, 8)) * 8

    by_quadrature = integrate.quad(given_design, 1e-9, 12, limit=60, epsabs=1e-8)[0]
    assert beyond_forgetting.ridged_moment(p, 1) == pytest.approx(by_quadrature, rel=1e-6)


@pytest.mark.parametrize(("n", "g", "replacement"), [(3, 3, False), (2, 3, True)])
def test_the_mixture_is_the_law_of_the_loop_as_printed(n: int, g: int, replacement: bool) -> None:
    rng = generator(f"subsample {n} {g} {replacement}")
    theta = np.empty(4000)
    for i in range(len(theta)):
        corpus = rng.normal(size=n)
        fit = rng.choice(corpus, n).mean() if replacement else corpus.mean()
        for _ in range(g - 1):
            corpus = np.concatenate([corpus, fit + rng.normal(size=n)])
            fit = rng.choice(corpus, n, replace=replacement).mean()
        theta[i] = fit
    law = _subsample_law.law({"n": n, "g": g}, replacement=replacement)
    assert stats.kstest(theta, law).statistic < 2.6 / math.sqrt(len(theta))
    second = float(_subsample_law.moment({"n": n, "g": g}, 1, replacement=replacement))
    spread = math.sqrt(3 * float(_subsample_law.moment({"n": n, "g": g}, 2, replacement=replacement)) - second**2)
    assert (theta**2).mean() == pytest.approx(second, abs=5 * spread / math.sqrt(len(theta)))


def test_the_bound_of_the_variance_on_new_rows_is_one() -> None:
    """Given the rows the second moment is (tr C)^2 + 2 tr C^2; the bound is above it on every draw of the rows."""
    rng = generator("fresh bound")
    for _ in range(200):
        gram, covariance, first = np.zeros((3, 3)), np.zeros((3, 3)), np.zeros((3, 3))
        for k in range(4):
            x = rng.normal(size=(7, 3))
            gram = gram + x.T @ x
            inverse = np.linalg.inv(gram)
            first = inverse if k == 0 else first
            covariance = covariance + inverse @ x.T @ x @ inverse
        assert np.linalg.eigvalsh(2 * first - covariance).min() > -1e-12


def test_the_change_of_the_risk_has_the_stated_variance() -> None:
    rng, paths, n, d = generator("change"), 20_000, 16, 2
    x = rng.normal(size=(paths, n, d))
    root = np.linalg.cholesky(np.linalg.inv(x.transpose(0, 2, 1) @ x))
    one, two = (np.einsum("sij,sj->si", root, rng.normal(size=(paths, d))) for _ in range(2))
    change = ((one + two / 2) ** 2).sum(axis=1) - (one**2).sum(axis=1)
    point = {"n": n, "d": d, "g": 2, "sigma": 1.0}
    mean, variance = schaeffer2025_regression.change(point), schaeffer2025_regression.change_variance(point)
    assert change.mean() == pytest.approx(mean, abs=5 * math.sqrt(variance / paths))
    spread = float(np.std((change - mean) ** 2)) / math.sqrt(paths)
    assert ((change - mean) ** 2).mean() == pytest.approx(variance, abs=5 * spread)
