"""Three first claims against what can be said of them without the code that states them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import comb, exp
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from paper_checks import _martingale, _tilt, schaeffer2025, wrightlee2025
from paper_checks._claim import Check
from paper_checks._discovery import find
from paper_checks._examine import Terms, examine
from paper_checks._licence import Variance
from paper_checks._loop import Loop
from paper_checks._outcome import Outcome, Status
from paper_checks._w2_law import scale_law

HEAVY = _martingale.POINTS[0]
TERMS = Terms(alpha=1e-8, suite="test", mutants=False)


def check(claim: str, name: str, **changes: Any) -> Check:
    return replace(next(each for each in find(claim).checks if each.id == name), **changes)


def tried(claim: str, name: str, **changes: Any) -> tuple[Outcome, ...]:
    return examine(claim, check(claim, name, **changes), TERMS)


# The tilt.


def second_moment(k: int, c: float) -> float:
    """Return E (w S/k)^2 for S from c chi2_k, by quadrature over the definition of the weight."""

    def integrand(s: float) -> Any:
        weight = stats.chi2.pdf(s, k) / (stats.chi2.pdf(s / c, k) / c)
        return (weight * s / k) ** 2 * stats.chi2.pdf(s / c, k) / c

    return float(integrate.quad(integrand, 0, 20 * k, limit=200)[0])


@pytest.mark.parametrize("n", [4, 20, 50])
def test_the_tilted_variance_is_the_one_of_the_definition(n: int) -> None:
    k = n - 1
    for g in (1, 2, 5):
        by_definition = 16 * ((1 + 2 / k) * second_moment(k, _tilt.tilt(n)) ** (g - 1) - 1)
        assert _tilt.tilted_variance({"n": n, "g": g, "sigma": 2.0}) == pytest.approx(by_definition, rel=1e-8)


def test_no_other_tilt_has_a_smaller_variance() -> None:
    best = second_moment(49, 1 + 2 / 49)
    spreads = [(second_moment(49, c) ** 250 - 1) ** 0.5 for c in (1 + 1 / 49, 1 + 3 / 49)]
    assert best < min(second_moment(49, 1 + 2 / 49 + step) for step in (-1e-3, 1e-3))
    assert (best**250 - 1, *spreads) == pytest.approx((0.21519, 3.44, 3.13), rel=2e-3)


def test_a_tilted_path_is_weighted_step_by_step() -> None:
    point = {"n": 7, "g": 5, "sigma": 1.5}
    k, c = 6, 1 + 2 / 6
    x = np.cumsum(np.random.default_rng(1).normal(0, 0.3, (3, 5)), axis=1) + np.log(1.5)
    for row, outcome in zip(x, _tilt.weighted(x, point), strict=True):
        expected, last = 1.5**2, np.log(1.5)
        for i, now in enumerate(row):
            s = k * exp(2 * (now - last))
            tilted = stats.chi2.pdf(s / c, k) / c
            expected *= s / k * (stats.chi2.pdf(s, k) / tilted if i else 1.0)
            last = now
        assert outcome == pytest.approx(expected, rel=1e-12)


def test_the_statistics_of_the_steps_are_the_plain_ones() -> None:
    point = {"n": 7, "g": 4, "sigma": 1.5}
    variances = np.random.default_rng(2).gamma(3, 1, (2, 4))
    x, before = np.log(variances) / 2, np.concatenate([np.full((2, 1), 2.25), variances[:, :-1]], axis=1)
    np.testing.assert_allclose(_tilt.ratios(x, point), variances / before, rtol=1e-12)
    mean, square = (
        integrate.quad(lambda s, e=e: (np.log(s / 6) / 2) ** e * stats.chi2.pdf(s, 6), 0, 200, limit=400)[0]
        for e in (1, 2)
    )
    steps = np.log(variances / before) / 2 - mean
    pairs = [sum(a * b for a, b in pairwise(row)) / 3 for row in steps]
    np.testing.assert_allclose(_tilt.neighbours(x, point), np.array(pairs) / (square - mean**2), rtol=1e-6)


def test_a_path_without_spread_is_no_number_and_no_warning() -> None:
    x = np.array([[0.0, -np.inf, -np.inf]])
    assert np.isnan(_tilt.weighted(x, {"n": 7, "g": 3, "sigma": 1.0})).all()


def test_the_law_of_the_scale_stands_far_out() -> None:
    from theory.gaussian.logs import sd_tail

    ends = np.array([-6.0, -3.0, -2.0, 0.5])
    above = [float(sd_tail(50, 250, float(np.exp(end)))) for end in ends]
    np.testing.assert_allclose(1 - scale_law(HEAVY)(ends), above, rtol=0, atol=1e-9)


def test_the_plain_mean_is_undecided() -> None:
    """The variance (1 + 2/k)^g - 1 is 2.2e4: the engine must neither hold nor refute, and say how blind it is."""
    plain = Loop(
        process="gaussian(sigma={sigma})",
        workflow="replace",
        metric="log_sd",
        n="n",
        at="g",
        outcome=lambda x, p: np.exp(2 * x[:, -1]),
    )
    heavy = Variance(of=lambda p: (1 + 2 / (p["n"] - 1)) ** p["g"] - 1, because="moments of chi-squares")
    (outcome,) = tried(
        "arulandu2024.variance-martingale",
        "mean",
        licence=heavy,
        sampler=plain.sampler(),
        points=(HEAVY,),
        budget=2**14,
    )
    assert outcome.status is Status.UNDECIDED
    assert outcome.relative_resolution is not None
    assert outcome.relative_resolution > 5
    assert outcome.wanted_paths is not None
    assert outcome.wanted_paths > 10**9


def test_the_tilted_mean_refutes_a_wrong_one_where_the_plain_one_is_blind() -> None:
    wrong = {"value": lambda p: 1.1 * p["sigma"] ** 2, "points": (HEAVY,)}
    (outcome,) = tried("arulandu2024.variance-martingale", "mean", **wrong)
    assert outcome.status is Status.REFUTED
    assert outcome.paths <= 8192


# The two-atom chain.


def test_fixation_by_a_generation_has_the_known_values() -> None:
    known = schaeffer2025.fixed_by({"n": 40, "g": 60, "p": Fraction(1, 10)})
    assert float(known) == pytest.approx(0.046414626142, abs=5e-13)
    assert schaeffer2025.fixed_by({"n": 3, "g": 1, "p": 0.5}) == Fraction(1, 8)
    assert schaeffer2025.inside({"n": 1, "g": 1, "p": 0.5}) == 0


@pytest.mark.parametrize("point", schaeffer2025.POINTS)
def test_fixation_by_powers_of_the_matrix(point: dict[str, Any]) -> None:
    n, g, p = point["n"], point["g"], point["p"]
    kernel = [[comb(n, j) * (i / n) ** j * (1 - i / n) ** (n - j) for j in range(n + 1)] for i in range(n + 1)]
    start = [comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(n + 1)]
    law = start @ np.linalg.matrix_power(np.array(kernel), g - 1)
    assert float(schaeffer2025.fixed_by(point)) == pytest.approx(law[n], rel=1e-12)
    assert float(schaeffer2025.inside(point)) == pytest.approx(law[1:n].sum(), rel=1e-12)
    short = p - law[n]
    assert 0 <= short <= n * p * (1 - p) * (1 - 1 / n) ** g


def test_the_limit_is_no_finite_probability() -> None:
    wrong = {"value": lambda p: p["p"], "points": schaeffer2025.POINTS[:1]}
    assert tried("schaeffer2025.fixation", "fixed", **wrong)[0].status is Status.REFUTED


def test_a_start_from_the_sample_of_generation_0_is_another_chain() -> None:
    """Counting the real law as generation 0 of n labels, not as the law itself, is one generation more."""
    point = schaeffer2025.POINTS[1]
    late = {"value": lambda p: float(schaeffer2025.fixed_by({**p, "g": p["g"] + 1})), "points": (point,)}
    assert tried("schaeffer2025.fixation", "fixed", **late)[0].status is Status.REFUTED


# The product.

gains = st.fractions(min_value=Fraction(1, 1000), max_value=20, max_denominator=1000)


@given(c=gains, g=st.integers(1, 60))
def test_the_product_is_the_gamma_ratio_and_above_the_bound(c: Fraction, g: int) -> None:
    point = {"c": c, "g": g}
    exact, low = wrightlee2025.product(point), wrightlee2025.bound(point)
    assert exact >= low
    assert (exact == low) == (g == 1)
    with mpmath.workdps(40):
        gain = mpmath.mpf(c.numerator) / c.denominator
        ratio = mpmath.gammaprod([g + 1 + gain], [g + 1, 1 + gain])
        assert abs(ratio * exact.denominator / exact.numerator - 1) < mpmath.mpf(10) ** -30


def test_the_forms_are_those_of_the_values() -> None:
    import sympy

    g, c, _ = wrightlee2025.symbols()
    at = {g: sympy.Integer(4), c: sympy.Rational(3, 2)}
    point = {"g": 4, "c": Fraction(3, 2)}
    assert sympy.simplify(wrightlee2025.closed().subs(at)) == sympy.Rational(
        *wrightlee2025.product(point).as_integer_ratio()
    )
    assert wrightlee2025.printed().subs(at).doit() == sympy.Rational(*wrightlee2025.bound(point).as_integer_ratio())


def test_the_variance_of_the_gain_is_that_of_its_weights() -> None:
    """theta_T is linear in the noise of each block: noise k, divided by k, is multiplied by 1 + c/i for i > k."""
    point = {"n": 10, "g": 6, "c": 0.5, "sigma": 2.0}
    weights = [np.prod([1 + 0.5 / i for i in range(k + 1, 7)]) / k for k in range(1, 7)]
    assert wrightlee2025.variance(point) == pytest.approx(0.4 * sum(w**2 for w in weights), rel=1e-12)


def test_the_gain_is_the_same_process_row_by_row() -> None:
    from paper_checks._gain import Gain
    from sims.trajectories import trajectories
    from sims.workflows.accumulate import Accumulate

    rows = trajectories(Gain(c=0.5), Accumulate(), "estimate", seeds=4096, n=10, generations=3, road="samples")[:, -1]
    point = {"n": 10, "g": 3, "c": 0.5, "sigma": 1.0}
    assert stats.kstest(rows, wrightlee2025.law(point)).pvalue > 1e-7


def test_the_bound_the_other_way_round_is_refuted() -> None:
    found = tried("wrightlee2025.product", "bound", side="upper")
    assert {outcome.status for outcome in found} == {Status.REFUTED}


def test_a_bound_one_term_too_long_is_refuted_where_it_is_near() -> None:
    longer = {"value": lambda p: float(wrightlee2025.bound({**p, "g": p["g"] + 1})), "points": wrightlee2025.POINTS[:1]}
    assert tried("wrightlee2025.product", "bound", **longer)[0].status is Status.REFUTED


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("arulandu2024.variance-martingale", "EXACT"),
        ("schaeffer2025.fixation", "ASYMPTOTIC"),
        ("wrightlee2025.product", "BOUND HOLDS"),
    ],
)
def test_the_points_lie_in_the_domain_and_the_finding_is_declared(claim: str, reason: str) -> None:
    found = find(claim)
    assert found.expected == reason
    assert all(not found.outside(point) for each in found.checks for point in each.points)
    assert all(each.blind for each in found.checks if each.licence.needs_companion)
