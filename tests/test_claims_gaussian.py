"""Claims about a refitted Gaussian: their values against theory, quadrature and the loop as printed; their verdicts."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from paper_checks import (
    _draws,
    _plane,
    _roots,
    arulandu2024_gaussian,
    arulandu2024_risk,
    arulandu2024_schedule,
    schaeffer2025_gaussian,
    schaeffer2025_risk,
    shumailov2023_spread,
)
from paper_checks import beyond_gaussian_late as late
from paper_checks._examine import show
from paper_checks._seeds import seed_of
from tailfade.verification import verify
from theory import gaussian
from theory.gaussian import (
    marginal_variance,
    mean_mse,
    sd_mean,
    sd_tail,
    w2_covariance_term,
    w2_mean,
    w2_mean_plane_one_fit,
)

MODULES = (
    arulandu2024_gaussian,
    arulandu2024_schedule,
    arulandu2024_risk,
    schaeffer2025_gaussian,
    schaeffer2025_risk,
    shumailov2023_spread,
)
CLAIMS = {claim.id: claim for module in MODULES for claim in module.CLAIMS}
NS, GS = st.integers(2, 40), st.integers(1, 10)
PATHS = 20_000


def loop(n: int, g: int, d: int = 1, divisor: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return centres, scatter factors and one draw of model g, by plain numpy, sigma = 1."""
    random = np.random.default_rng(seed_of("1", "tests", f"plain {n} {g} {d} {divisor}"))
    centre, root = np.zeros((PATHS, d)), np.broadcast_to(np.eye(d), (PATHS, d, d))
    for _ in range(g):
        rows = centre[:, None] + np.einsum("sij,snj->sni", root, random.standard_normal((PATHS, n, d)))
        centre = rows.mean(axis=1)
        centred = rows - centre[:, None]
        root = np.linalg.cholesky(np.einsum("sni,snj->sij", centred, centred) / (n - divisor))
    return centre, root, centre + np.einsum("sij,sj->si", root, random.standard_normal((PATHS, d)))


@pytest.mark.slow
@pytest.mark.parametrize("name", list(CLAIMS))
def test_no_step_is_left_open(name: str) -> None:
    proofs, enumerated = show(CLAIMS[name])
    answers = {(step.of, step.answer) for step in (*proofs, *enumerated)}
    assert "unsure" not in {answer for _, answer in answers}
    assert ("exact", "refuted") not in answers
    assert (("printed", "refuted") in answers) == (CLAIMS[name].expected == "REFUTED")


@settings(max_examples=20)
@given(n=NS, g=GS, sigma=st.floats(0.1, 3))
def test_the_second_moment_of_a_draw_is_that_of_theory(n: int, g: int, sigma: float) -> None:
    point = {"n": n, "g": g, "sigma": sigma}
    assert _draws.draw_moment(point, 2) == pytest.approx(marginal_variance(n, g, sigma), rel=1e-12)


def test_moments_and_law_of_a_draw_are_those_of_the_loop() -> None:
    _, _, x = loop(10, 3)
    point = {"n": 10, "g": 3, "sigma": 1.0}
    second, fourth = _draws.draw_moment(point, 2), _draws.draw_moment(point, 4)
    assert abs((x**2).mean() - second) < 5.5 * np.sqrt((fourth - second**2) / PATHS)
    assert fourth == pytest.approx((x**4).mean(), rel=0.25)
    _, _, x = loop(3, 1)
    tested: Any = stats.kstest(x[:, 0], _draws.draw_law({"n": 3, "g": 1, "sigma": 1.0}))
    assert tested.pvalue > 1e-7


@settings(max_examples=10)
@given(n=st.integers(2, 20), x=st.floats(0.05, 3))
def test_the_law_of_a_draw_by_quadrature(n: int, x: float) -> None:
    def inside(root: float) -> float:
        # S/k = root^2, so that the density has no pole at n = 2.
        density = 2 * (n - 1) * root * stats.chi2.pdf((n - 1) * root**2, n - 1)
        return float(special.ndtr(x / np.sqrt(1 / n + root**2)) * density)

    wanted = integrate.quad(inside, 0, 8, limit=200)[0]
    assert _draws.draw_law({"n": n, "g": 1, "sigma": 2.0})(np.array([2 * x]))[0] == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize(("n", "more"), [(2, 1), (2, 2), (7, 2)])
def test_the_matched_law_has_the_moments_of_a_draw(n: int, more: int) -> None:
    point = {"n": n, "g": 1, "sigma": 1.0}
    cdf = _draws.draw_law(point, matched=more)
    nodes, weights = np.polynomial.legendre.leggauss(120)
    x = (nodes + 1) * 10
    assert float(4 * x * (1 - cdf(x)) @ weights * 10) == pytest.approx(1 + 1 / n, rel=1e-3)
    fourth = float(8 * x**3 * (1 - cdf(x)) @ weights * 10)
    assert (fourth == pytest.approx(_draws.draw_moment(point, 4), rel=1e-3)) == (more == 2)


@settings(max_examples=10)
@given(n=st.integers(3, 60), sigma=st.floats(0.1, 3))
def test_the_mean_in_the_plane_is_that_of_theory(n: int, sigma: float) -> None:
    wanted = w2_mean_plane_one_fit(n, sigma)
    assert _plane.plane_moment({"n": n, "sigma": sigma}, 1) == pytest.approx(wanted, rel=1e-9)
    assert arulandu2024_risk.plane({"n": n, "sigma": sigma}) > 2 * sigma**2 / n


def test_the_plane_is_that_of_the_loop() -> None:
    centre, root, _ = loop(4, 1, d=2)
    singular = np.linalg.svd(root, compute_uv=False)
    w2 = (centre**2).sum(axis=1) + ((singular - 1) ** 2).sum(axis=1)
    m, v, fourth = (
        _plane.plane_moment({"n": 4, "sigma": 1.0}, 1),
        *(_plane.plane_central({"n": 4, "sigma": 1.0}, k) for k in (2, 4)),
    )
    assert abs(w2.mean() - m) < 5.5 * np.sqrt(v / PATHS)
    assert abs(((w2 - m) ** 2).mean() - v) < 5.5 * np.sqrt((fourth - v**2) / PATHS)


def test_the_centre_in_the_plane_is_that_of_the_loop() -> None:
    centre, _, _ = loop(10, 3, d=2)
    point = {"n": 10, "g": 3, "sigma": 1.0}
    square = (centre**2).sum(axis=1)
    assert schaeffer2025_risk.centre_mean(point) == pytest.approx(mean_mse(10, 3, cov=[1.0, 1.0]))
    assert abs(square.mean() - 0.6) < 5.5 * np.sqrt(schaeffer2025_risk.centre_spread(point) / PATHS)
    assert square.var() == pytest.approx(schaeffer2025_risk.centre_spread(point), rel=0.15)


@settings(max_examples=20)
@given(n=NS, g=GS)
def test_the_spread_of_one_coordinate_is_half_of_two_that_are_independent_at_first(n: int, g: int) -> None:
    # A fit couples the coordinates through their covariance: the variance is above twice that of one.
    from theory.gaussian import mean_fourth_moment

    one = mean_fourth_moment(n, g) - (g / n) ** 2
    both = schaeffer2025_risk.centre_spread({"n": n, "g": g, "sigma": 1.0})
    assert both >= 2 * one * (1 - 1e-12)
    assert (both == pytest.approx(2 * one, rel=1e-12)) == (g == 1)


@settings(max_examples=20)
@given(n=NS, g=GS, sigma=st.floats(0.1, 3))
def test_roots_and_covariance_are_those_of_theory(n: int, g: int, sigma: float) -> None:
    point = {"n": n, "g": g, "sigma": sigma}
    for estimator in ("unbiased", "mle"):
        assert _roots.root_mean(n, estimator) ** g == pytest.approx(sd_mean(n, g, estimator=estimator), rel=1e-10)
    assert schaeffer2025_gaussian.covariance_mean(point) == pytest.approx(w2_covariance_term(n, g, sigma), rel=1e-8)
    assert shumailov2023_spread.scale_part(point) == pytest.approx(sd_mean(n, g, sigma), rel=1e-10)


@pytest.mark.parametrize(("n", "g"), [(4, 12), (6, 5)])
def test_events_of_the_scale_are_those_of_theory(n: int, g: int) -> None:
    point, root = {"n": n, "g": g, "sigma": 1.5}, 0.5**0.5
    assert schaeffer2025_gaussian.vanished(point) == pytest.approx(1 - sd_tail(n, g, 0.1), abs=1e-7)
    wanted = 1 - sd_tail(n, g, 1 - root) + sd_tail(n, g, 1 + root)
    assert schaeffer2025_gaussian.kept_apart(point) == pytest.approx(wanted, abs=1e-7)


def test_covariance_and_steps_are_those_of_the_loop() -> None:
    _, root, _ = loop(10, 4)
    part = (root[:, 0, 0] - 1) ** 2
    point = {"n": 10, "g": 4, "sigma": 1.0}
    assert part.var() == pytest.approx(schaeffer2025_gaussian.covariance_spread(point), rel=0.25)
    random = np.random.default_rng(seed_of("1", "tests", "plain step"))
    jump = np.abs(root[:, 0, 0] * random.standard_normal(PATHS)) / np.sqrt(10)
    assert abs(jump.mean() - schaeffer2025_gaussian.step_mean(point)) < 5.5 * np.sqrt(0.1 / PATHS)


def test_the_superlinear_sizes_let_the_sum_diverge_and_the_others_do_not() -> None:
    sizes, others = arulandu2024_schedule.dyadic(2**12), arulandu2024_schedule.thinned(2**12)
    blocks = np.add.reduceat(1 / np.array(sizes[:-1]), [2**m - 1 for m in range(12)])
    np.testing.assert_allclose(blocks, [1 / (4 * (m + 1)) for m in range(12)], rtol=1e-12)
    assert all(size > 2 * j * (j.bit_length()) for j, size in enumerate(sizes, 1))
    assert all(others[2**m - 1] == 4 * 2**m for m in range(12))
    assert max(itertools.accumulate(1 / size for size in others)) < 0.75
    total = sum(1 / size for size in others[:200])
    assert total < w2_mean(others[:200], 200) < total + 2


@given(n=NS, sigma=st.floats(0.2, 3))
def test_the_estimate_has_its_mean_and_variance(n: int, sigma: float) -> None:
    law = stats.chi(n - 1, scale=sigma / n**0.5)
    point = {"n": n, "sigma": sigma}
    assert shumailov2023_spread.estimate_mean(point) == pytest.approx(law.mean(), rel=1e-10)
    assert shumailov2023_spread.estimate_variance(point) == pytest.approx(law.var(), rel=1e-7)
    x = law.ppf([0.01, 0.5, 0.99])
    np.testing.assert_allclose(shumailov2023_spread.estimate_law(point)(x), [0.01, 0.5, 0.99], rtol=1e-9)


def test_the_law_of_the_factor_is_chi_square_over_its_degrees() -> None:
    x = np.linspace(0.1, 3, 7)
    np.testing.assert_allclose(arulandu2024_gaussian.factor_law({"n": 6})(x), stats.chi2.cdf(5 * x, 5), rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(CLAIMS))
def test_the_suite_gives_the_expected_verdicts(name: str) -> None:
    (verdict,) = verify(name, budget="quick").verdicts
    assert verdict.as_expected, verdict.conclusion.reason


@pytest.mark.parametrize("n", [2, 3, 10, 100])
def test_the_fitted_scale_lies_between_the_bounds_of_the_dichotomy(n: int) -> None:
    point = {"n": n, "g": 1}
    assert late.lower(point) < late.exact(point) < np.exp(-1 / (4 * n))
    assert late.lower(point) == pytest.approx(np.sqrt(1 - 1 / (2 * (n - 1))))


@pytest.mark.parametrize("estimator", ["unbiased", "mle"])
def test_the_law_at_rest_is_that_of_theory(estimator: str) -> None:
    law = late.resting_law({"estimator": estimator})
    for y in (0.1, 1.0, 7.0):
        assert 1 - float(law(np.array(y))) == pytest.approx(gaussian.resting_mean_tail(y, estimator), rel=1e-9)
