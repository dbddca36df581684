"""The limiting process by conditioning, by hand-made walks, by exact finite laws; exponents with their intervals."""

from __future__ import annotations

import hashlib
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
from theory import location, quantity, tails, universality
from theory.universality import Exponent

#: Relative alone: approx keeps an absolute 1e-12 beside a relative tolerance, which small values would hide behind.
near = partial(pytest.approx, abs=0.0)
WORKFLOWS = ("replace", "accumulate", "subsample", "subsample_replacement")


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_ratios_are_the_limits_of_large_samples(workflow: str) -> None:
    literal = {
        "replace": lambda g: g,
        "accumulate": lambda g: sum(Fraction(1, k * k) for k in range(1, g + 1)),
        # the corpus mean moves by (own + subsample noise)/(k + 1), then one subsample more
        "subsample": lambda g: 1 + sum((2 - Fraction(1, k)) / (k + 1) ** 2 for k in range(1, g)) + 1 - Fraction(1, g),
        "subsample_replacement": lambda g: 2 * sum(Fraction(1, k * k) for k in range(1, g + 1)),
    }[workflow]
    for g in (1, 2, 3, 7, 30):
        ratio = universality.variance_ratio(g, workflow)
        assert ratio == near(float(literal(g)), rel=1e-13)
        assert universality.relative_efficiency(g, workflow) == near(1 / float(literal(g)), rel=1e-13)
        assert universality.process_covariance(g, g, workflow) == ratio
        if workflow.startswith("subsample"):
            n = 10**6
            mse = location.subsample_mse if workflow == "subsample" else location.subsample_replacement_mse
            assert n * mse(n, g) == near(ratio, rel=1e-5)
            assert universality.finite_gap(n, g, workflow) == near(n * mse(n, g) - ratio, abs=1e-12)
    limits = {"replace": 0, "accumulate": 6 / math.pi**2, "subsample": 1 / (math.pi**2 / 2 - 2)}
    limit = limits.get(workflow, 3 / math.pi**2)
    assert universality.relative_efficiency_limit(workflow) == near(limit, rel=1e-14)
    assert universality.relative_efficiency(2_000_000_000, workflow) == near(limit, rel=1e-8, abs=1e-9)


def test_the_workflows_are_ordered() -> None:
    for g in (2, 3, 10, 10**6):
        ratios = [universality.variance_ratio(g, workflow) for workflow in ("accumulate", "subsample", "replace")]
        assert ratios[0] < ratios[1] < ratios[2]
    assert [universality.variance_ratio(2, workflow) for workflow in WORKFLOWS] == near([2, 1.25, 1.75, 2.5])
    assert round(universality.variance_ratio(100, "subsample"), 4) == 2.9050


INFORMATION = [[2.0, 0.5], [0.5, 1.0]]


@pytest.mark.parametrize("workflow", WORKFLOWS)
@pytest.mark.parametrize("information", [1.0, 3.0, INFORMATION])
def test_the_process_by_conditioning(workflow: str, information: Any) -> None:
    score = np.atleast_2d(np.asarray(information))
    G, d = 5, len(score)
    law = universality.sequential(universality.reference(workflow, G, information), information)
    inverse = np.linalg.inv(score)
    blocks = law.reshape(2 * G, d, 2 * G, d).transpose(0, 2, 1, 3)
    for g in range(1, G + 1):
        for h in range(1, G + 1):
            error = universality.process_covariance(g, h, workflow)
            assert blocks[G + g - 1, G + h - 1] == near(error * inverse, rel=1e-9, abs=1e-10)
            # scores: fresh noise and I times the last error
            before = 0.0 if 1 in (g, h) else universality.process_covariance(g - 1, h - 1, workflow)
            fresh = float(g == h)
            if g == h:
                assert blocks[g - 1, h - 1] == near((fresh + before) * score, rel=1e-9, abs=1e-10)
    correlation = blocks[G + 1, 2 * G - 1] / np.sqrt(blocks[G + 1, G + 1] * blocks[2 * G - 1, 2 * G - 1])
    if workflow == "accumulate":
        assert correlation[0, 0] == near(location.gaussian_process_correlation(2, G), rel=1e-9)


def generator(name: str) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"))


@pytest.mark.parametrize("replacement", [False, True])
def test_subsamples_of_a_literal_corpus_covary_as_the_process(replacement: bool) -> None:
    """Points of a mean model drawn and subsampled one by one; n large enough for the limit, the gap is O(1/n)."""
    n, G, runs = 60, 4, 6_000
    workflow = "subsample_replacement" if replacement else "subsample"
    rng = generator(workflow)
    corpus, fits = rng.normal(size=(runs, n)), np.zeros((runs, G))
    for g in range(G):
        if replacement:
            chosen = rng.integers(0, corpus.shape[1], size=(runs, n))
            drawn = np.take_along_axis(corpus, chosen, axis=1)
        else:
            corpus = rng.permuted(corpus, axis=1)
            drawn = corpus[:, :n]
        fits[:, g] = drawn.mean(axis=1)
        corpus = np.concatenate([corpus, fits[:, g : g + 1] + rng.normal(size=(runs, n))], axis=1)
    for g in range(G):
        for h in range(g, G):
            products = n * fits[:, g] * fits[:, h]
            value = universality.process_covariance(g + 1, h + 1, workflow)
            error = products.std(ddof=1) / math.sqrt(runs)
            assert abs(products.mean() - value) < 6 * error + 3 * value / n


@given(data=st.data(), G=st.integers(1, 5))
@settings(max_examples=15)
def test_any_linear_estimator_has_a_process(data: st.DataObject, G: int) -> None:
    """Errors that are weighted sums of scores: the process is the walk of the weights."""
    weights = np.array([[data.draw(st.integers(0, 4)) / 4 if k <= g else 0.0 for k in range(G)] for g in range(G)])
    law = np.block([[np.eye(G), weights.T], [weights, weights @ weights.T]])
    found = universality.sequential(law)
    scores, errors = np.zeros((G, G)), np.zeros((G, G))
    for g in range(G):
        scores[g, g] = 1.0
        if g:
            scores[g] += errors[g - 1]
        errors[g] = weights[g] @ scores
    both = np.vstack([scores, errors])
    assert found == near(both @ both.T, rel=1e-8, abs=1e-8)


def test_the_printed_equation_contradicts_itself() -> None:
    score = np.array(INFORMATION)
    defects = universality.printed_defect(4, INFORMATION)
    squares = [0, 1, 1.25, 1 + 1 / 4 + 1 / 9]
    assert defects == near(np.array([(1 - square) * score for square in squares]), rel=1e-9, abs=1e-10)
    assert universality.drift_defect() == 0


def test_generated_scores_drift_exactly() -> None:
    """Two generations of coin flips, all samples counted: Cov of the scores is the variance, so the plus is needed."""
    n, p = 4, (Fraction(1, 3), Fraction(2, 3))
    variance = p[0] * p[1]
    own = scores = later = Fraction(0)
    for first, weight in exact.step_law(p, n).items():
        for second, chance in exact.step_law(first, n).items():
            one, two = first[0] - p[0], second[0] - p[0]
            scores += n * weight * chance * one * two
            own += n * weight * chance * (two - one) ** 2
            later += n * weight * chance * two**2
    assert scores == variance  # independent scores, as printed, would give 0
    assert own == variance * (1 - Fraction(1, n))
    assert float(later / variance) == near(2 + universality.finite_gap(n, 2, "replace", -1.0), rel=1e-12)


@pytest.mark.parametrize("g", [1, 2, 3])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_gap_of_coin_flips_is_counted(n: int, g: int) -> None:
    p = (Fraction(1, 4), Fraction(3, 4))
    variance = p[0] * p[1]
    for workflow, law in (("replace", exact.chain_law), ("accumulate", exact.accumulated_law)):
        spread = sum((weight * (state[0] - p[0]) ** 2 for state, weight in law(p, [n] * g).items()), Fraction(0))
        gap = float(n * spread / variance) - universality.variance_ratio(g, workflow)
        assert universality.finite_gap(n, g, workflow, -1.0) == near(gap, rel=1e-9, abs=1e-13)


@given(n=st.integers(1, 50), g=st.integers(1, 30), v2=st.floats(-1, 3))
@settings(max_examples=40)
def test_the_gap_has_the_sign_of_the_curvature(n: int, g: int, v2: float) -> None:
    v2 = 0.0 if abs(v2) < 1e-6 else v2
    for workflow, power in (("replace", 0), ("accumulate", 2)):
        # mse_k = mse_{k-1} + E V(mu_{k-1}) a_k^2/n and E V moves by v2 times that
        mse, spread = Fraction(0), Fraction(1)
        for k in range(1, g + 1):
            mse += spread / (Fraction(k) ** power * n)
            spread += Fraction(v2) * spread / (Fraction(k) ** power * n)
        gap = universality.finite_gap(n, g, workflow, v2)
        limit = Fraction(g) if power == 0 else sum((Fraction(1, k * k) for k in range(1, g + 1)), Fraction(0))
        assert gap == near(float(n * mse - limit), rel=1e-9, abs=1e-13)
        assert np.sign(gap) == (0 if g == 1 else np.sign(v2))


def test_six_over_pi_squared_is_no_bound_at_finite_size() -> None:
    exponential, coin = (universality.finite_gap(4, 2_000_000_000, "accumulate", v2) for v2 in (1.0, -1.0))
    assert [round(gap + math.pi**2 / 6, 4) for gap in (exponential, coin)] == [1.8602, 1.4535]
    assert universality.finite_gap(1000, 2_000_000_000, "accumulate", 1.0) == near(math.pi**4 / 120 / 1000, rel=0.01)
    assert universality.finite_gap(3, 5, "accumulate", -3.0) == near(
        1 - (1 + 1 / 4 + 1 / 9 + 1 / 16 + 1 / 25), rel=1e-12
    )
    assert universality.finite_gap(3, 5, "replace", -3.0) == -4


SIZES = [10, 30, 100, 400, 1000]


@given(a=st.floats(-3, 3), scale=st.floats(0.1, 10))
@settings(max_examples=30)
def test_pure_powers(a: float, scale: float) -> None:
    found = universality.scaling_exponent(SIZES, [scale * n**a for n in SIZES])
    assert found.value == near(a, abs=1e-12)
    assert found.low == found.value == found.high
    assert found.local == near([a] * 4, abs=1e-11)
    shifted = universality.scaling_change(SIZES, [n**a for n in SIZES], [scale * n ** (a + 0.5) for n in SIZES])
    assert shifted.value == near(0.5, abs=1e-11)


def test_the_exponent_is_a_mean_of_local_slopes() -> None:
    curve = [tails.unseen_mass(5000, 2.0, n, k=10) for n in SIZES]
    found = universality.scaling_exponent(SIZES, curve)
    assert min(found.local) < found.value < max(found.local)
    slope = np.polyfit(np.log(SIZES), np.log(curve), 1)[0]
    assert found.value == near(slope, rel=1e-10)
    real = [tails.unseen_mass(5000, 2.0, n) for n in SIZES]
    change = universality.scaling_change(SIZES, real, curve)
    assert change.value == near(found.value - universality.scaling_exponent(SIZES, real).value, rel=1e-9)
    # The cut tail is a floor: in the end the change undoes the real exponent.
    assert (np.diff(change.local) > 0).all()
    late = [10**4, 10**5, 10**6]
    floor, free = ([tails.unseen_mass(10**6, 2.0, n, k) for n in late] for k in (10, None))
    assert universality.scaling_change(late, free, floor).value == near(0.5, rel=0.01)
    # A constant factor, as of replaced or accumulated regression at a fixed generation, changes no exponent.
    assert universality.scaling_change(SIZES, real, [5 * risk for risk in real]).value == near(0, abs=1e-12)


def test_the_interval_covers_at_its_level() -> None:
    rng = generator("coverage")
    truth = np.array([2.0 * n**-0.5 for n in SIZES])
    errors = truth * np.array([0.02, 0.05, 0.01, 0.03, 0.04])
    inside, runs = np.zeros(2), 2000
    for _ in range(runs):
        first, second = truth + errors * rng.normal(size=(2, len(SIZES)))
        one = universality.scaling_exponent(SIZES, first, errors, level=0.9)
        change = universality.scaling_change(
            SIZES, first, second, real_errors=errors, synthetic_errors=errors, level=0.9
        )
        inside += [one.low <= -0.5 <= one.high, change.low <= 0 <= change.high]
    # 6 standard errors of a binomial share are 0.04
    assert np.abs(inside / runs - 0.9).max() < 0.04
    wide, narrow = (universality.scaling_exponent(SIZES, truth, errors, level=each) for each in (1 - 1e-6, 0.9))
    assert wide == universality.scaling_exponent(SIZES, truth, errors)
    assert wide.high - wide.value == near((narrow.high - narrow.value) * 4.8916384756985 / 1.6448536269515, rel=1e-8)
    assert isinstance(wide, Exponent)


@pytest.mark.parametrize(
    ("sizes", "risks", "errors", "level", "name"),
    [
        ([10], [1.0], None, 0.9, "sizes"),
        ([10, 10], [1.0, 1.0], None, 0.9, "sizes"),
        ([0, 10], [1.0, 1.0], None, 0.9, "sizes"),
        ([10, 20], [1.0, 0.0], None, 0.9, "risks"),
        ([10, 20], [1.0, 2.0, 3.0], None, 0.9, "risks"),
        ([10, 20], [1.0, math.nan], None, 0.9, "risks"),
        ([10, 20], [1.0, 1.0], [0.1], 0.9, "errors"),
        ([10, 20], [1.0, 1.0], [0.1, -0.1], 0.9, "errors"),
        ([10, 20], [1.0, 1.0], [0.1, 0.3], 0.9, "errors"),
        ([10, 20], [1.0, 1.0], [0.1, 0.1], 1.0, "level"),
    ],
)
def test_curves_are_refused(sizes: Any, risks: Any, errors: Any, level: float, name: str) -> None:
    with pytest.raises(BadInput) as refusal:
        universality.scaling_exponent(sizes, risks, errors, level=level)
    assert refusal.value.parameter == name


def test_other_refusals() -> None:
    for call, name in (
        (lambda: universality.reference("discard", 2), "workflow"),
        (lambda: universality.reference("replace", 0), "generations"),
        (lambda: universality.reference("replace", 2, -1.0), "information"),
        (lambda: universality.sequential(np.eye(3)), "reference"),
        (lambda: universality.sequential(2 * np.eye(4)), "reference"),
        (lambda: universality.finite_gap(3, 2, "replace", -4.0), "v2"),
        (lambda: universality.finite_gap(3, 2, "subsample", 1.0), "v2"),
        (lambda: universality.variance_ratio(0), "g"),
    ):
        with pytest.raises(BadInput) as refusal:
            call()
        assert refusal.value.parameter == name


def test_the_formulas_are_the_functions() -> None:
    for name in [each for each in quantity.names() if each.startswith("universality.")]:
        entry = quantity.find(name)
        for workflow in WORKFLOWS:
            full: dict[str, Any] = {"g": 3, "h": 5, "n": 4, "v2": 0.5, "workflow": workflow}
            for g, v2 in ((3, 0.5), (5, 0.0)):
                full |= {"g": g, "v2": v2 if workflow in ("replace", "accumulate") else 0.0}
                params = {key: full[key] for key in entry.parameters}
                form = entry.form(params)
                if isinstance(form, str):
                    assert name == "universality.finite_gap"
                    continue
                with mpmath.workdps(30):
                    assert entry.evaluate(params) == near(float(number(form, params, {})), rel=1e-12, abs=1e-15)
