"""Claims about edited labels, exponential families, real-data weights and the slides: what they are checked against."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwork.errors import BadInput
from paper_checks import _edits, deydonoho2024_families, he2025, wrightlee2025_slides, zhu2024
from paper_checks._chosen_rows import Mixture, edited, subsampled
from paper_checks._discovery import find
from paper_checks._enumerate import binomial_law, expectation, law_after
from paper_checks._moments_family import FAMILIES, error_moment, raw_moments
from tailfade.verification import verify
from theory.counting import nef_mse
from theory.linear import edited_fixed_set_limit, edited_risk_location, risk
from theory.location import gain_mse, optimal_weight, subsample_mse

CLAIMS = (
    "zhu2024.identity",
    "zhu2024.bound",
    "zhu2024.decay",
    "zhu2024.needs-decay",
    "zhu2024.mostly-real",
    "deydonoho2024.process",
    "deydonoho2024.order",
    "deydonoho2024.augment",
    "deydonoho2024.finite",
    "he2025.golden",
    "he2025.every-ratio",
    "beyond.kalman",
    "wrightlee2025.nonlinear",
    "wrightlee2025.corollary",
    "wrightlee2025.share",
    "wrightlee2025.quality",
    "wrightlee2025.amplify",
    "wrightlee2025.mitigate",
    "wrightlee2025.size",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", CLAIMS)
def test_every_claim_is_as_expected(name: str) -> None:
    verdict = verify(name, budget="quick").verdicts[0]
    assert verdict.finding is find(name).expected
    assert verdict.as_expected


# The laws of chosen rows.


def propagated(n: int, masks: tuple[tuple[int, ...], ...]) -> float:
    """Return the variance of the mean of n labels after edits, by following every noise that ever entered."""
    rows = np.eye(n, n + n * len(masks))
    for step, mask in enumerate(masks):
        fit = rows.mean(axis=0)
        for i in mask:
            rows[i] = fit
            rows[i, n + step * n + i] += 1
    return float((rows.mean(axis=0) ** 2).sum())


@pytest.mark.parametrize(("n", "counts"), [(4, (2, 2)), (5, (3, 1)), (3, (3, 2, 1))])
def test_edited_laws_follow_every_noise(n: int, counts: tuple[int, ...]) -> None:
    every = [propagated(n, masks) for masks in product(*(combinations(range(n), k) for k in counts))]
    law = edited(n, counts)
    for power in (1, 2, 3):
        assert float(law.mean_square(power)) == pytest.approx(np.mean(np.power(every, power)), rel=1e-12)
    first = propagated(n, tuple(tuple(range(k)) for k in counts))
    assert float(edited(n, counts, fixed=True).mean_square()) == pytest.approx(first, rel=1e-12)


@given(n=st.integers(2, 5), share=st.integers(1, 5), g=st.integers(1, 4))
def test_edited_means_are_the_closed_forms(n: int, share: int, g: int) -> None:
    k = min(share, n)
    point = {"n": n, "k": k, "g": g, "sigma": 1.0}
    assert n * float(_edits.law_of(point).mean_square()) == pytest.approx(edited_risk_location(n, k, g - 1), rel=1e-12)
    if k < n:
        assert _edits.fixed_mse(point) == _edits.law_of(point, fixed=True).mean_square()


def test_the_same_labels_edited_for_ever_reach_the_limit() -> None:
    assert 6 * float(_edits.fixed_mse({"n": 6, "k": 4, "g": 80})) == pytest.approx(
        edited_fixed_set_limit(6, 4), rel=1e-12
    )


def test_subsampled_laws() -> None:
    # At fit 2 of n = 2: both real rows (1 way), one row of each kind (4), both new rows (1).
    half, mixed, new = Fraction(1, 2), Fraction(7, 8), Fraction(1)
    assert subsampled(2, 2).shares == {half: Fraction(1, 6), mixed: Fraction(2, 3), new: Fraction(1, 6)}
    for n, g in ((2, 3), (3, 3), (4, 2)):
        assert float(subsampled(n, g).mean_square()) == pytest.approx(subsample_mse(n, g), rel=1e-12)


def test_the_law_of_a_square_has_its_moments() -> None:
    law = Mixture({Fraction(1, 2): Fraction(1, 4), Fraction(2): Fraction(3, 4)})
    x = np.linspace(0, 120, 240_001)
    tail = 1 - law.square_law(1.5)(x)
    assert float(np.trapezoid(tail, x)) == pytest.approx(1.5 * float(law.mean_square()), rel=1e-4)
    second = float(np.trapezoid(2 * x * tail, x)) / 1.5**2
    assert second - float(law.mean_square()) ** 2 == pytest.approx(float(law.square_variance()), rel=1e-4)


def test_refused_edits() -> None:
    with pytest.raises(BadInput, match="from 0 to n = 3"):
        edited(3, (4,))


def test_the_line_of_twenty_rows() -> None:
    true, without = zhu2024.line_design()
    assert (round(float(true), 5), round(float(without), 5)) == (1.15187, 0.74286)
    # The same by following every noise through the fits.
    x = np.column_stack([np.ones(20), np.linspace(-1, 1, 20)])
    hat, held = x @ np.linalg.inv(x.T @ x) @ x.T, np.eye(20)
    for g in range(6):
        mask = np.diag((np.arange(20) + g) % 2 == 0).astype(float)
        move = np.eye(20) - mask @ (np.eye(20) - hat)
        held = move @ held @ move.T + mask
    fit = np.linalg.inv(x.T @ x) @ x.T
    assert float(true) == pytest.approx(np.trace(fit @ held @ fit.T), rel=1e-12)


# Families.


@pytest.mark.parametrize("workflow", ["replace", "accumulate"])
def test_bernoulli_moments_are_those_of_the_enumerated_chain(workflow: str) -> None:
    n, p, g = 3, Fraction(1, 2), 3
    law = dict(binomial_law(n, p))
    for k in range(2, g + 1):
        old = 0 if workflow == "replace" else (k - 1) * n
        many = n if workflow == "replace" else (k - 1) * n

        def step(total: int, old: int = old, many: int = many) -> dict[int, Fraction]:
            drawn = binomial_law(n, Fraction(total, many))
            return {(total if old else 0) + count: weight for count, weight in drawn.items()}

        law = law_after(law, step, 1)
    size = n if workflow == "replace" else g * n
    raw = raw_moments("bernoulli", p, n, g, workflow, 4)
    assert all(raw[j] == expectation(law, lambda count, j=j: Fraction(count, size) ** j) for j in range(5))


def test_first_fits_have_textbook_moments() -> None:
    # Fourth cumulants of a sum over n^3: Poisson mu, exponential 6 mu^4.
    n, mu = 5, Fraction(2)
    for family, spread, fourth in (("poisson", mu, mu), ("exponential", mu**2, 6 * mu**4)):
        assert error_moment(family, mu, n, 1, "replace", 1) == spread / n
        assert error_moment(family, mu, n, 1, "replace", 2) == 3 * spread**2 / n**2 + fourth / n**3


@given(n=st.integers(1, 6), g=st.integers(1, 4))
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("workflow", ["replace", "accumulate"])
def test_the_product_law(family: str, workflow: str, n: int, g: int) -> None:
    mean = deydonoho2024_families.MEAN[family]
    law = deydonoho2024_families.product_law(family, {"n": n, "g": g}, workflow)
    assert law == error_moment(family, mean, n, g, workflow, 1)
    assert float(law) == pytest.approx(nef_mse(family, n, g, float(mean), workflow=workflow), rel=1e-12)


# Weights and gains.


@given(k=st.floats(0.05, 20))
def test_no_weight_is_better(k: float) -> None:
    settled = {"n": 1, "g": 400, "k": k, "sigma": 1.0}
    best = he2025.mse(settled)
    assert best == pytest.approx(he2025.best(k), rel=1e-6)
    for w in np.linspace(0.15, 0.99, 20):
        assert he2025.mse(settled, float(w)) >= best - 1e-9


def test_the_weight_is_the_one_of_theory() -> None:
    assert he2025.best(3.0) == pytest.approx(optimal_weight(5, 15), rel=1e-14)
    assert he2025.best(1.0) == pytest.approx(2 / (1 + 5**0.5), rel=1e-14)


def test_blended_rows_are_the_mixture_of_their_parts() -> None:
    import jax
    import jax.numpy as jnp

    from paper_checks._blend import Blend

    key, world, theta = jax.random.key(7), jnp.asarray(0.0), jnp.asarray(0.4)
    at = {w: np.asarray(Blend(w=w, ratio=3, sigma=2.0).sample(key, world, theta, 64)) for w in (0.0, 0.25, 1.0)}
    np.testing.assert_allclose(at[0.25], 0.25 * at[1.0] + 0.75 * at[0.0], rtol=1e-12)
    first = np.asarray(Blend(w=0.25, ratio=3, sigma=2.0).sample(key, world, world, 64))
    np.testing.assert_array_equal(first, at[1.0])
    # 2^15 rows: a relative error of 4 % of a variance is five of its standard errors.
    many = {w: np.asarray(Blend(w=w, ratio=3, sigma=2.0).sample(key, world, theta, 2**15)) for w in (0.0, 1.0)}
    assert many[0.0].var() == pytest.approx(4 / 3, rel=0.04)
    assert many[1.0].var() == pytest.approx(4, rel=0.04)
    assert abs(np.corrcoef(many[0.0], many[1.0])[0, 1]) < 0.03


@given(L=st.fractions(0, 3), g=st.integers(1, 9))
def test_gains(L: Fraction, g: int) -> None:
    assert float(wrightlee2025_slides.gain_mse(L, g)) == pytest.approx(gain_mse(float(L), g), rel=1e-10)


@pytest.mark.parametrize("n", [10, 16, 41])
def test_moments_of_two_fresh_designs(n: int) -> None:
    from scipy import integrate, stats

    assert float(wrightlee2025_slides.fresh_moment(n, 1)) == pytest.approx(
        risk(n, 1, 2, workflow="accumulate", design="fresh"), rel=1e-12
    )
    for power in (2, 4):
        beta: Any = stats.beta(n / 2, n / 2)
        square: Any = stats.chi2(2 * n)
        part, _ = integrate.quad(lambda b, m=power, beta=beta: (1 / b + 1 - b) ** m * beta.pdf(b), 0, 1)
        chi, _ = integrate.quad(lambda s, m=power, square=square: s**-m * square.pdf(s), 0, np.inf)
        assert float(wrightlee2025_slides.fresh_moment(n, power)) == pytest.approx(part * chi, rel=1e-6)


def test_rates_of_the_edits() -> None:
    assert _edits.steps_of({"n": 6, "k": 4, "g": 4, "rate": _edits.RATE}) == (4, 1, 0)
