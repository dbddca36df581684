"""The Gaussian under accumulation, subsamples, bias and fresh rows, and its risks: what the claims rest on."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from paper_checks import _estimands_gaussian, alemohammad2023, beyond_gaussian, beyond_gaussian_risks, kazdan2024
from paper_checks._moments_log import divergence_moment, from_cumulants, log_chi_square_cumulants
from paper_checks._moments_pooled import Corpus, central, pooled_moment
from paper_checks._moments_subsample import Drawn, subsampled_moment
from tailfade.verification import verify
from theory.quantity import find

CLAIMS = {
    "kazdan2024.accumulate": "ASYMPTOTIC",
    "kazdan2024.any-growth": "BOUND HOLDS",
    "schaeffer2025.subsample": "ASYMPTOTIC",
    "schaeffer2025.subsample-unbiased": "REFUTED",
    "alemohammad2023.bias": "ASYMPTOTIC",
    "alemohammad2023.fresh": "REFUTED",
    "beyond.total-variance": "HOLDS",
    "beyond.accumulate-unbiased": "ASYMPTOTIC",
    "beyond.median-rate": "HOLDS TO ORDER",
    "beyond.kl-fit-true": "EXACT",
    "beyond.kl-true-fit": "EXACT",
    "beyond.determinant": "EXACT",
    "beyond.lyapunov": "HOLDS",
    "beyond.resting": "BOUND HOLDS",
}
SIZES = st.lists(st.integers(2, 9), min_size=1, max_size=4)


def value(name: str, **given: Any) -> float:
    return find(name).evaluate(given)


# Moments of pooled fits.


@settings(max_examples=25)
@given(sizes=SIZES, keeps=st.booleans(), c=st.sampled_from([0, 1]))
def test_pooled_moments_are_the_closed_forms(sizes: list[int], keeps: bool, c: int) -> None:
    corpus = Corpus(rows=tuple((size, 0) for size in sizes), keeps=keeps, c=c)
    words: dict[str, Any] = {"n": sizes, "g": len(sizes), "estimator": "unbiased" if c else "mle"}
    words["workflow"] = "accumulate" if keeps else "replace"
    for name, powers in (("mean_mse", (2, 0)), ("variance_mean", (0, 1)), ("variance_square_mean", (0, 2))):
        assert float(pooled_moment(corpus, *powers)) == pytest.approx(value(f"gaussian.{name}", **words), rel=1e-9)


@pytest.mark.parametrize("workflow", ["replace", "accumulate"])
@pytest.mark.parametrize("c", [0, 1])
def test_pooled_moments_to_the_fourth_are_those_by_quadrature(workflow: str, c: int) -> None:
    corpus = Corpus(rows=((6, 0),) * 3, keeps=workflow == "accumulate", c=c)
    words = (workflow, "unbiased" if c else "mle", {"n": 6, "g": 3, "sigma": 1.0})
    for power in (1, 2, 3, 4):
        mean = float(pooled_moment(corpus, 2 * power, 0))
        assert mean == pytest.approx(_estimands_gaussian.moment("mean_square_error", *words, power), rel=1e-9)
        spread = float(pooled_moment(corpus, 0, power))
        assert spread == pytest.approx(_estimands_gaussian.moment("variance", *words, power), rel=1e-9)


@settings(max_examples=20)
@given(real=st.integers(2, 6), drawn=st.integers(1, 9), g=st.integers(0, 3), c=st.sampled_from([0, 1]))
def test_fresh_rows_and_bias_have_the_closed_moments(real: int, drawn: int, g: int, c: int) -> None:
    corpus = Corpus(rows=((0, real), *((drawn, real),) * g), c=c, lam=Fraction(3, 4))
    words: dict[str, Any] = {"n_real": real, "n_syn": drawn, "g": g, "lam": 0.75}
    words["estimator"] = "unbiased" if c else "mle"
    assert float(pooled_moment(corpus, 2, 0)) == pytest.approx(value("gaussian.fresh_mean_mse", **words), rel=1e-12)
    spread = value("gaussian.fresh_variance_mean", **words)
    assert float(pooled_moment(corpus, 0, 1)) == pytest.approx(spread, rel=1e-12)


def test_fresh_rows_have_the_moments_of_the_literal_fit() -> None:
    """Two real rows, then one draw of the model beside two new real ones: six normals, by quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(9)
    grid = np.meshgrid(*(nodes,) * 5, indexing="ij")
    weight = np.prod(np.meshgrid(*(weights / weights.sum(),) * 5, indexing="ij"), axis=0)
    first = np.stack(grid[:2])
    drawn = first.mean(axis=0) + np.sqrt(Fraction(3, 4) * 1.0) * first.std(axis=0) * grid[2]
    rows = np.stack([drawn, *grid[3:]])
    corpus = Corpus(rows=((0, 2), (1, 2)), c=0, lam=Fraction(3, 4))
    for a, b in ((2, 0), (0, 1), (4, 0), (2, 1), (0, 2), (0, 4)):
        literal = float((weight * rows.mean(axis=0) ** a * rows.var(axis=0) ** b).sum())
        assert float(pooled_moment(corpus, a, b)) == pytest.approx(literal, rel=1e-10)


# Moments of fits on a subsample.


@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize("c", [0, 1])
def test_subsampled_moments_are_those_of_every_choice_of_rows(c: int, replacement: bool) -> None:
    """Two rows of two, then two of four: all choices, the normals by a quadrature that is exact for polynomials."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(9)
    x, y, z, w = np.meshgrid(*(nodes,) * 4, indexing="ij")
    weight = np.prod(np.meshgrid(*(weights / weights.sum(),) * 4, indexing="ij"), axis=0)
    orders = ((0, 1), (2, 0), (0, 2), (2, 1), (4, 0), (0, 4), (8, 0), (2, 3))
    totals, many = np.zeros(len(orders)), 0
    choices = (
        (lambda n: list(product(range(n), repeat=2))) if replacement else (lambda n: list(combinations(range(n), 2)))
    )
    for i, j in choices(2):
        drawn = np.stack([(x, y)[i], (x, y)[j]])
        mean, sd = drawn.mean(axis=0), drawn.std(axis=0, ddof=c)
        pool = [x, y, mean + sd * z, mean + sd * w]
        for p, q in choices(4):
            rows = np.stack([pool[p], pool[q]])
            fit = rows.mean(axis=0), rows.var(axis=0, ddof=c)
            totals += [float((weight * fit[0] ** a * fit[1] ** b).sum()) for a, b in orders]
            many += 1
    exact = [float(subsampled_moment(Drawn(n=2, c=c, replacement=replacement), 2, a, b)) for a, b in orders]
    np.testing.assert_allclose(exact, totals / many, rtol=1e-10)


@settings(max_examples=15)
@given(n=st.integers(2, 12), g=st.integers(1, 5), c=st.sampled_from([0, 1]), replacement=st.booleans())
def test_subsampled_moments_are_the_closed_forms(n: int, g: int, c: int, replacement: bool) -> None:
    drawn = Drawn(n=n, c=c, replacement=replacement)
    words: dict[str, Any] = {"n": n, "g": g, "estimator": "unbiased" if c else "mle"}
    words["workflow"] = "subsample_replacement" if replacement else "subsample"
    for name, powers in (("mean_mse", (2, 0)), ("variance_mean", (0, 1))):
        exact = float(subsampled_moment(drawn, g, *powers))
        assert exact == pytest.approx(value(f"gaussian.{name}", **words), rel=1e-12)


def test_the_unbiased_subsample_grows_like_a_power() -> None:
    """E sigma_g^2 at n = 10 and g = 100, 10^4, 10^6: 1.26, 1.98, 3.14; two decades are a factor 10^(2/n)."""
    values = [value("gaussian.variance_mean", n=10, g=g, workflow="subsample") for g in (10**2, 10**4, 10**6)]
    assert values == pytest.approx([1.26, 1.98, 3.14], abs=0.01)
    assert values[2] / values[1] == pytest.approx(10**0.2, rel=1e-3)


# Logarithms and divergences.


@pytest.mark.parametrize(("direction", "least"), [("fit_true", 2), ("true_fit", 4)])
def test_divergence_means_are_the_closed_forms(direction: str, least: int) -> None:
    for n, g in ((least, 1), (7, 3), (20, 6)):
        exact = divergence_moment({"n": n, "g": g}, direction, 1)
        assert exact == pytest.approx(value(f"gaussian.kl_{direction}", n=n, g=g), rel=1e-12)


@pytest.mark.parametrize("direction", ["fit_true", "true_fit"])
def test_divergence_moments_of_one_fit_are_integrals(direction: str) -> None:
    n, nodes, weights = 30, *np.polynomial.hermite_e.hermegauss(12)

    def integrand(x: float, power: int) -> float:
        s = x / (n - 1)
        square = nodes**2 / n
        twice = s + square - 1 - np.log(s) if direction == "fit_true" else (1 + square) / s - 1 + np.log(s)
        return float(weights @ (twice / 2) ** power / weights.sum()) * float(stats.chi2.pdf(x, n - 1))

    for power in (1, 2, 3, 4):
        literal = integrate.quad(integrand, 0, 200, args=(power,), epsabs=0, epsrel=1e-10, limit=200)[0]
        assert divergence_moment({"n": n, "g": 1}, direction, power) == pytest.approx(literal, rel=1e-7)


def test_moments_of_a_log_chi_square_are_integrals() -> None:
    cumulants = log_chi_square_cumulants(9, 10)
    for power in (1, 2, 3, 4):
        literal = integrate.quad(lambda x, p=power: np.log(x / 10) ** p * stats.chi2.pdf(x, 9), 0, 120, limit=300)[0]
        assert from_cumulants(cumulants, power) == pytest.approx(literal, rel=1e-6)
    assert central(lambda k: from_cumulants((1.0, 2.0, 3.0, 4.0), k), 4) == pytest.approx(4.0 + 3 * 2.0**2)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_divergence_metrics_are_the_matrix_formula(d: int) -> None:
    import jax.numpy as jnp

    from sims import metrics
    from sims.processes.gaussian import GaussianModel, GaussianWorld

    random = np.random.default_rng(d)

    def model() -> tuple[GaussianModel, np.ndarray, np.ndarray]:
        shape = np.tril(random.normal(size=(d, d)), -1) + np.eye(d)
        logs, mean = random.normal(size=d), random.normal(size=d)
        factor = shape * np.exp(logs)
        made = GaussianModel(jnp.asarray(mean), jnp.asarray(shape), jnp.asarray(logs), jnp.zeros(()))
        return made, mean, factor @ factor.T

    (truth, mu, cov), (theta, mean, fitted) = model(), model()

    def divergence(m: np.ndarray, a: np.ndarray, center: np.ndarray, b: np.ndarray) -> float:
        square = np.trace(np.linalg.solve(b, a)) + (m - center) @ np.linalg.solve(b, m - center)
        return 0.5 * float(square - d - np.linalg.slogdet(a)[1] + np.linalg.slogdet(b)[1])

    world = GaussianWorld(truth)
    wanted = divergence(mean, fitted, mu, cov), divergence(mu, cov, mean, fitted)
    found = [float(metrics.find(name)(world, theta)) for name in ("kl_fit_true", "kl_true_fit")]
    assert found == pytest.approx(wanted, rel=1e-10)
    assert float(metrics.find("kl_fit_true")(world, truth)) == pytest.approx(0, abs=1e-12)


def test_a_divergence_of_a_vanishing_spread_keeps_its_digits() -> None:
    import jax.numpy as jnp

    from sims.metrics.gaussian import kl_fit_true
    from sims.processes.gaussian import GaussianModel, GaussianWorld

    zero = jnp.zeros(1)
    small = GaussianModel(zero, jnp.eye(1), zero - 500.0, jnp.zeros(()))
    world = GaussianWorld(GaussianModel(zero, jnp.eye(1), zero - 499.0, jnp.zeros(())))
    assert float(kl_fit_true(world, small)) == pytest.approx((np.exp(-2) - 1) / 2 + 1, rel=1e-14)


# What the claims state.


@pytest.mark.parametrize("point", kazdan2024.GROWING, ids=lambda point: point["rule"])
def test_the_sizes_of_a_rule_are_those_of_the_schedule(point: dict[str, Any]) -> None:
    from sims.catalog import make_workflow

    rows = make_workflow(f"schedule(accumulate, {point['rule']})").rows(np.full(point["g"], point["n"]))
    assert tuple(rows.sum(axis=1)) == kazdan2024.sizes(point)


@settings(max_examples=25)
@given(sizes=st.lists(st.integers(1, 40), min_size=1, max_size=8), first=st.integers(2, 9), c=st.sampled_from([0, 1]))
def test_the_error_on_accumulated_data_is_below_the_bound(sizes: list[int], first: int, c: int) -> None:
    batches = [first, *(size + c for size in sizes)]
    words: dict[str, Any] = {"n": batches, "g": len(batches), "workflow": "accumulate"}
    error = value("gaussian.mean_mse", estimator="unbiased" if c else "mle", **words)
    assert 1 / first <= error * (1 + 1e-12)
    assert error <= 2 / first - 1 / sum(batches)


def test_the_bound_on_accumulated_data_cannot_be_lowered() -> None:
    """One row at a time comes as near to 2 sigma^2/n_1 as one likes."""
    words: dict[str, Any] = {"g": 4001, "workflow": "accumulate", "estimator": "mle"}
    ratio = [n * value("gaussian.mean_mse", n=[n, *[1] * 4000], **words) for n in (5, 20, 80)]
    assert ratio == sorted(ratio)
    assert ratio[-1] == pytest.approx(2, rel=0.03)


def test_the_resting_variance_is_the_limit_of_theory() -> None:
    form = alemohammad2023.resting(fresh=True)
    for real, drawn, lam in ((2, 1, 1.0), (2, 50, 1.0), (2, 50, 0.25), (9, 4, 0.5), (30, 60, 1.0)):
        values = {"r": real, "s": drawn, "lam": Fraction(lam)}
        exact = float(form.xreplace({symbol: Fraction(values[symbol.name]) for symbol in form.free_symbols}))
        assert exact == pytest.approx(value("gaussian.fresh_variance_limit", n_real=real, n_syn=drawn, lam=lam))
        assert exact > 0


def test_the_formulas_are_those_of_theory() -> None:
    from paper_checks._evaluate import evaluator

    point = {"n": 9, "g": 5, "sigma": 1.0}
    forms = {
        "gaussian.kl_fit_true": beyond_gaussian_risks.fit_true(),
        "gaussian.kl_true_fit": beyond_gaussian_risks.true_fit(),
        "gaussian.log_sd_mean": beyond_gaussian.log_mean(),
    }
    for name, form in forms.items():
        given = {key: point[key] for key in ("n", "g")}
        assert float(evaluator(form, list(point))(point)) == pytest.approx(value(name, **given), rel=1e-12)
    ratio = value("gaussian.lyapunov_exponent", n=9, axis=1) - value("gaussian.lyapunov_exponent", n=9, axis=2)
    assert beyond_gaussian_risks.GAP.raw(point, 1) == pytest.approx(5 * ratio, rel=1e-12)
    assert beyond_gaussian_risks.LOG_DET.raw(point, 1) == pytest.approx(value("gaussian.logdet_mean", n=9, g=5, d=2))
    assert beyond_gaussian_risks.DET.raw(point, 1) == pytest.approx(value("gaussian.det_mean_ratio", n=9, g=5, d=2))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "finding"), CLAIMS.items())
def test_the_claims_are_as_expected(name: str, finding: str) -> None:
    (verdict,) = verify(name, budget="quick").verdicts
    assert (verdict.finding, verdict.as_expected) == (finding, True)
    assert all(row.mutants.complete for rows in verdict.outcomes.values() for row in rows if row.mutants)
