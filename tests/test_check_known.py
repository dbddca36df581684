"""What ``tailfade check`` knows of a loop: clocks, moments and laws against theory, by hand and by integration."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import integrate

import tailfade as tf
from groundwork.errors import BadInput
from paper_checks._estimands import estimand
from paper_checks._estimands_gaussian import moment
from paper_checks._estimands_loop import make_loop, spelled
from paper_checks._estimands_normal import clock
from paper_checks._evaluate import evaluator
from paper_checks._grid import candidates
from paper_checks._trial_exact import exact_form
from tailfade.checking import check
from theory.quantity import find


def weights(workflow: str, g: int) -> list[float]:
    """Return the weights of batches 1 … g in the fit of generation g, from the definition of the workflow."""
    if workflow == "replace":
        return [float(k == g) for k in range(1, g + 1)]
    if workflow == "accumulate":
        return [1.0] * g
    if workflow == "window(2)":
        return [float(g - k < 2) for k in range(1, g + 1)]
    if workflow == "discount(0.5)":
        return [0.5 ** (g - k) for k in range(1, g + 1)]
    return [1.0] + [float(k == g) for k in range(2, g + 1)]


@pytest.mark.parametrize("workflow", ["replace", "accumulate", "window(2)", "discount(0.5)", "fixed_real(replace)"])
def test_the_clock_of_a_workflow(workflow: str) -> None:
    """The error as a vector over the noises of the batches, walked by hand."""
    errors: list[np.ndarray] = [np.zeros(5)]
    for g in range(1, 6):
        own = [errors[k - 1] + np.eye(5)[k - 1] for k in range(1, g + 1)]
        errors.append(np.average(own, axis=0, weights=weights(workflow, g)))
    for g in range(1, 6):
        expected = (errors[g] ** 2).sum()
        assert clock(workflow, {"n": 10, "g": g}, by_rows=False) == pytest.approx(expected, rel=1e-14)
        assert clock(workflow, {"n": 10, "g": g}) == pytest.approx(expected / 10, rel=1e-14)


def test_the_clock_with_real_rows_and_growing_batches() -> None:
    # Fit 2 sees 10 rows of model 1 and 20 drawn after it, 5 of them real: (10 e1 + 20 (0.75 e1 + noise))/30.
    point = {"n": 10, "g": 2}
    assert clock("fresh(accumulate, share=0.25)", {"n": 20, "g": 2}) == pytest.approx(
        ((1 + 0.75) / 2) ** 2 / 20 + 1 / 4 / 20
    )
    assert clock("schedule(accumulate, factor=2)", point) == pytest.approx(1 / 10 + (20 / 30) ** 2 / 20)


@pytest.mark.parametrize("estimator", ["unbiased", "mle"])
@pytest.mark.parametrize("workflow", ["replace", "accumulate"])
def test_the_moments_of_the_gaussian_are_theorys(workflow: str, estimator: str) -> None:
    """One recursion here against the closed forms there, which were derived on other ways."""
    point = {"n": 7, "g": 4, "sigma": 1.5}
    words = {"workflow": workflow, "estimator": estimator}
    for metric, power, name in [
        ("w2", 1, "w2_mean"),
        ("mean_square_error", 1, "mean_mse"),
        ("variance", 1, "variance_mean"),
        ("sd", 1, "sd_mean"),
        ("variance", 2, "variance_square_mean"),
    ]:
        expected = find(f"gaussian.{name}").evaluate(point | words)
        assert moment(metric, workflow, estimator, point, power) == pytest.approx(expected, rel=1e-11)
    assert moment("sd", workflow, estimator, point, 2) == pytest.approx(
        moment("variance", workflow, estimator, point, 1)
    )
    if workflow == "replace":
        variance = estimand(make_loop(f"gaussian(estimator={estimator})", "replace", "w2")).spread
        expected = find("gaussian.w2_variance").evaluate(point | {"estimator": estimator})
        assert variance is not None
        assert variance(point) == pytest.approx(expected, rel=1e-11)
        logs = estimand(make_loop(f"gaussian(estimator={estimator})", "replace", "log_det")).spread
        assert logs is not None
        assert logs(point) == pytest.approx(4 * find("gaussian.log_sd_variance").evaluate(point))


def test_the_fourth_moment_of_the_accumulated_mean() -> None:
    """Two fits by hand: E M^4 of M = sigma (z1/sqrt(n) + sqrt(s) z2/(2 sqrt(n))), s = chi2_{n-1}/(n-1)."""
    n = 5
    second = (n + 1) / (n - 1)
    expected = (3 + 6 / 4 + 3 * second / 16) / n**2
    assert moment("mean_square_error", "accumulate", "unbiased", {"n": n, "g": 2, "sigma": 1.0}, 2) == pytest.approx(
        expected, rel=1e-12
    )


@pytest.mark.parametrize(
    ("process", "workflow", "metric", "point"),
    [
        ("location", "window(2)", "square_error", {"n": 9, "g": 4, "sigma": 1.5}),
        ("linear", "discount(0.5)", "excess_risk", {"n": 20, "g": 3, "d": 4, "sigma": 1.5}),
        ("gaussian(estimator=mle)", "replace", "variance", {"n": 9, "g": 3, "sigma": 1.5}),
        ("gaussian", "replace", "log_det", {"n": 9, "g": 3, "sigma": 1.5}),
    ],
)
def test_a_law_has_the_mean_and_the_variance_that_are_declared(
    process: str, workflow: str, metric: str, point: dict[str, Any]
) -> None:
    known = estimand(make_loop(process, workflow, metric))
    assert known.exact is not None
    assert known.spread is not None
    assert known.companion is not None
    assert known.companion.law is not None
    law, mean, sd = known.companion.law(point), known.exact(point), known.spread(point) ** 0.5
    low, part = (mean - 20 * sd if known.signed else 0.0), np.linspace(0, 1, 20_001)
    # Nodes crowd at 0, where a chi-square with one degree of freedom is steep.
    x = low + (40 * sd * part if known.signed else (mean + 400 * sd) * part**3)
    # E X and E X^2 by parts, from the distribution function alone.
    tail = 1 - law(x)
    first = low + integrate.simpson(tail, x=x)
    second = low**2 + integrate.simpson(2 * x * tail, x=x)
    assert first == pytest.approx(mean, rel=1e-4)
    assert second - first**2 == pytest.approx(sd**2, rel=1e-2)


def test_new_rows_of_a_design_have_a_variance_of_their_own() -> None:
    """Two spherical steps: Var |a + b|^2 = 2 Var |a|^2 + 4 (E |a|^2)^2/d."""
    point = {"n": 20, "d": 3, "g": 1, "sigma": 1.5}
    known = estimand(make_loop("linear(design=fresh)", "replace", "excess_risk"))
    assert known.spread is not None
    assert known.exact is not None
    mean = known.exact(point)
    assert known.spread({**point, "g": 2}) == pytest.approx(2 * known.spread(point) + 4 * mean**2 / 3)


@pytest.mark.parametrize(
    ("process", "workflow", "metric"),
    [
        ("location", "accumulate", "square_error"),
        ("location", "replace", "estimate"),
        ("gaussian", "replace", "log_det"),
        ("linear(design=fresh)", "accumulate", "excess_risk"),
        ("wright_fisher", "accumulate", "heterozygosity"),
        ("wright_fisher(p=[0.5,0.3,0.2])", "replace", "heterozygosity"),
        ("wright_fisher(p=[0.5,0.3,0.2])", "window(2)", "frequency"),
    ],
)
def test_a_form_is_the_exact_mean(process: str, workflow: str, metric: str) -> None:
    loop = make_loop(process, workflow, metric)
    bare: dict[str, Any] = {"variance": lambda point: 1.0} if "design" in process else {}
    known = estimand(loop, **bare)
    assert known.exact is not None
    form = exact_form(known, loop.fixed)
    for point in candidates(loop, {})[::7]:
        full = {**point, **loop.fixed}
        assert float(evaluator(form, loop.symbols)(full)) == pytest.approx(known.exact(full), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("process", "workflow", "metric"),
    [
        ("gaussian", "subsample", "w2"),
        ("gaussian(d=2)", "replace", "w2"),
        ("gaussian(lam=0.5)", "replace", "variance"),
        ("linear(design=fresh)", "accumulate", "excess_risk"),
        ("linear(ridge=0.1)", "replace", "excess_risk"),
        ("linear", "fresh(replace, share=0.1)", "excess_risk"),
        ("location", "edit(replace, count=3)", "square_error"),
        ("location", "subsample", "square_error"),
    ],
)
def test_where_nothing_is_known_there_is_no_licence(process: str, workflow: str, metric: str) -> None:
    with pytest.raises(BadInput, match="--variance FORMULA, or --bounds"):
        check("g/n", process, workflow, metric)


def test_instances_are_spelled_as_texts() -> None:
    assert spelled(tf.Linear(d=3, sigma=2.0)) == "linear(d=3, sigma=2.0)"
    assert spelled(tf.Gaussian(sigma=2.0, estimator="mle")) == "gaussian(estimator=mle, sigma=2.0)"
    assert spelled(tf.WrightFisher([0.25, 0.75])) == "wright_fisher(p=[0.25, 0.75])"
    assert spelled(tf.Window(3)) == "window(width=3)"
    assert spelled(tf.Fresh(tf.Accumulate(), share=0.1)) == "fresh(inner=accumulate, share=0.1)"
    with pytest.raises(BadInput, match="an instance from sims"):
        check("g/n", object())


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["w2", "mean_square_error", "variance", "sd", "log_sd"])
@pytest.mark.parametrize("estimator", ["unbiased", "mle"])
def test_the_accumulated_gaussian_spreads_as_its_recursion_says(metric: str, estimator: str) -> None:
    """Eight standard errors of a variance of 400000 paths, at n = 20 where eighth moments are small."""
    loop = make_loop(f"gaussian(estimator={estimator})", "accumulate", metric)
    known, point = estimand(loop), {"n": 20, "g": 4, "sigma": 1.5}
    x = loop.sampler(generations=4)(7, point)(np.arange(400_000))
    squares = (x - x.mean()) ** 2
    assert known.spread is not None
    assert abs(squares.mean() - known.spread(point)) < 8 * squares.std() / math.sqrt(len(x))
