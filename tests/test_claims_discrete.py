"""The claims about discrete collapse: exact numbers behind them, their proofs, and what the suite says of each."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from paper_checks import (
    _branching,
    _chance,
    _frequencies,
    _moments_families,
    beyond_discrete,
    beyond_discrete_kept,
    beyond_families,
    kazdan2024_kde,
    schaeffer2025_parameters,
    schaeffer2025_timescales,
    seddik2024,
    suresh2024,
    suresh2024_spread,
)
from paper_checks._claim import Claim
from paper_checks._examine import show
from paper_checks._loop import Loop
from tailfade.verification import verify
from theory import counting, discrete

FILES = (
    beyond_discrete,
    beyond_discrete_kept,
    beyond_families,
    kazdan2024_kde,
    schaeffer2025_parameters,
    schaeffer2025_timescales,
    seddik2024,
    suresh2024,
    suresh2024_spread,
)
CLAIMS = {claim.id: claim for file in FILES for claim in file.CLAIMS}
REFUTED = {claim.id for claim in CLAIMS.values() if claim.expected == "REFUTED"}
#: Their proofs take a second or more: they run in the long suite.
LONG = {"beyond.bernoulli-error", "beyond.poisson-error", "beyond.exponential-error", "beyond.family-ratio"}

laws = st.lists(st.integers(1, 6), min_size=2, max_size=4).map(lambda w: tuple(Fraction(each, sum(w)) for each in w))


# Exact numbers.


@settings(max_examples=15)
@given(p=laws, n=st.integers(2, 4))
def test_all_atoms_together_give_the_sums_over_atoms(p: tuple[Fraction, ...], n: int) -> None:
    assert _frequencies.collapse_time(n, p) == sum(_frequencies.visits(n, each) for each in p)
    assert _frequencies.symbols_sum(n, p) == sum(_frequencies.visits(n, 1 - each) for each in p)


def test_the_multinomial_law_is_the_one_of_scipy() -> None:
    p = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))
    law = _frequencies.counts_after(4, p, 1)
    assert sum(law.values()) == 1
    for counts, chance in law.items():
        assert float(chance) == pytest.approx(stats.multinomial.pmf(counts, 4, [float(each) for each in p]), rel=1e-12)


def test_the_time_of_the_print_is_crossed_by_the_exact_one() -> None:
    """Between few and many atoms the exact time passes the printed one, so one size can look like agreement."""
    ratios = [discrete.collapse_time_mean(100, N=atoms) / (100 * math.log(atoms)) for atoms in (2, 4, 8, 64)]
    assert ratios == pytest.approx([1.971, 1.230, 0.888, 0.472], abs=5e-4)


def test_the_cut_time_has_the_moments_of_its_law() -> None:
    point = schaeffer2025_timescales.POINTS[1]
    steps = schaeffer2025_timescales._law(point)(np.arange(schaeffer2025_timescales.LAST + 2))
    chances, times = np.diff(steps), np.arange(1, schaeffer2025_timescales.LAST + 2)
    assert chances @ times == pytest.approx(schaeffer2025_timescales.waited(point), rel=1e-12)
    spread = chances @ (times - chances @ times) ** 2
    assert schaeffer2025_timescales.spread(point) == pytest.approx(spread, rel=1e-9)
    whole = discrete.collapse_time_mean(point["n"], point["p"])
    assert 0 < whole - schaeffer2025_timescales.waited(point) < 0.01


def test_an_even_law_loses_words_at_once() -> None:
    zipf = discrete.zipf(100_000, 1.0)
    lost = [discrete.lost_symbols_mean(list(zipf), 1_000_000, 1) / 100_000]
    assert lost == pytest.approx([0.19], abs=0.005)


def test_the_bounds_at_the_setting_of_the_notebook() -> None:
    at = [{"n": 100, "p": 0.01, "g": g} for g in (1, 2, 5, 10, 25, 50)]
    exact = (0.63397, 0.47095, 0.27101, 0.16139, 0.07501, 0.04112)
    bound = (0.63212, 0.46854, 0.26808, 0.15824, 0.07167, 0.03765)
    assert [suresh2024.survival(p) for p in at] == pytest.approx(exact, abs=6e-6)
    assert [suresh2024.branching_survival(p) for p in at] == pytest.approx(bound, abs=6e-6)


@given(n=st.integers(2, 40), p=st.floats(0.01, 0.9), g=st.integers(1, 12))
def test_a_symbol_survives_as_a_poisson_count_does_or_better(n: int, p: float, g: int) -> None:
    point = {"n": n, "p": p, "g": g}
    assert suresh2024.survival(point) >= suresh2024.branching_survival(point) - 1e-12
    assert suresh2024.branching_survival(point) >= suresh2024.printed_survival(point) - 1e-12


def test_the_stated_bound_is_weaker_than_the_one_it_is_compared_with() -> None:
    at = [{"n": 10, "g": k, "eps": 0.1} for k in (100, 150, 200)]
    stated = [suresh2024_spread.printed_width(p, 1) for p in at]
    assert stated == pytest.approx([0.770, 0.214, 0.0593], abs=6e-4)
    assert [suresh2024_spread.markov_width(p) for p in at] == pytest.approx([0.625, 0.156, 0.0391], abs=6e-4)
    for point, bound in zip(at, stated, strict=True):
        assert suresh2024_spread.width(point) < suresh2024_spread.markov_width(point) < bound
        assert bound < suresh2024_spread.printed_width(point)


@given(n=st.integers(2, 4000))
def test_the_mean_scale_is_below_both_exponentials(n: int) -> None:
    scale = stats.chi(n - 1).mean() / math.sqrt(n - 1)
    assert scale < math.exp(-1 / (4 * n - 1)) < math.exp(-1 / (4 * n))


def test_the_time_bound_is_twice_the_truth() -> None:
    at = [{"n": 10, "g": g, "p": [0.25] * 4} for g in (20, 40)]
    assert [seddik2024.markov(p) for p in at] == pytest.approx([0.507, 0.0616], abs=6e-4)
    assert [seddik2024.alive(p) for p in at] == pytest.approx([0.242, 0.0296], abs=6e-4)


@given(g=st.integers(2, 60), h=st.sampled_from([0.1, 0.3, 1.0]))
def test_the_glacial_bound_is_below_the_mixture(g: int, h: float) -> None:
    point = {"n": 5, "h": h, "g": g}
    assert kazdan2024_kde.accumulate_bound(point) < kazdan2024_kde.mixture_bound(point)


def test_the_cost_on_replaced_data_is_above_its_linear_bound() -> None:
    """One literal loop: n = 4 points, resampled with kernel noise, its cost by quadrature."""
    rng, n, h, g, paths = np.random.default_rng(11), 4, 0.75, 40, 400
    x = rng.normal(size=(paths, n))
    for _ in range(g - 1):
        x = np.take_along_axis(x, rng.integers(0, n, (paths, n)), axis=1) + h * rng.normal(size=(paths, n))
    z = np.linspace(-6, 6, 121)
    logs = stats.norm.logpdf(z[:, None], x[:, None, :], h)
    density = np.logaddexp.reduce(logs, axis=2) - math.log(n)
    cost = -(density @ stats.norm.pdf(z)) * (z[1] - z[0])
    bound = kazdan2024_kde.replace_bound({"n": n, "h": h, "g": g})
    assert 0 < bound < cost.mean()


@settings(max_examples=10)
@given(g=st.integers(1, 6), n=st.integers(1, 9))
def test_the_second_moment_of_every_family_is_the_product(g: int, n: int) -> None:
    for family, (curve, mu) in beyond_families.FAMILIES.items():
        for workflow in ("replace", "accumulate"):
            found = _moments_families.central(curve, mu, n, g, 2, accumulates=workflow == "accumulate")
            assert found == pytest.approx(counting.nef_mse(family, n, g, mu, workflow=workflow), rel=1e-9)


def test_the_higher_moments_of_the_first_fit_are_those_of_the_sum() -> None:
    n = 8
    sums = {"bernoulli": stats.binom(n, 0.375), "poisson": stats.poisson(n), "exponential": stats.gamma(n)}
    for family, (curve, mu) in beyond_families.FAMILIES.items():
        for power in (3, 4, 6, 8):
            mean, law = n * mu, sums[family]
            wanted = sum(
                math.comb(power, j) * law.moment(j) * (-mean) ** (power - j) for j in range(power + 1)
            ) / n**power  # fmt: skip
            assert _moments_families.central(curve, mu, n, 1, power) == pytest.approx(wanted, rel=1e-6)


def test_the_branching_exponent_is_at_least_one_over_k() -> None:
    assert all(1 / k <= _branching.exponent(k) <= 2 / (k + 1) for k in range(1, 40))


# The claims.


@pytest.mark.parametrize("claim", [c for name, c in CLAIMS.items() if name not in LONG], ids=lambda c: c.id)
def test_the_steps_decide(claim: Claim) -> None:
    """Every step of the exact formula is shown; a step of a printed one is refuted only where that is expected."""
    for step in (*show(claim)[0], *show(claim)[1]):
        allowed = {"shown", "refuted"} if claim.id in REFUTED and step.of == "printed" else {"shown"}
        assert step.answer in allowed, (step.statement, step.detail)


@pytest.mark.slow
@pytest.mark.parametrize("claim", sorted(LONG))
def test_the_long_steps_decide(claim: str) -> None:
    assert all(step.sound for steps in show(CLAIMS[claim]) for step in steps)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(CLAIMS))
def test_the_suite_gives_the_expected_verdict(name: str) -> None:
    (verdict,) = verify(name, budget="quick").verdicts
    assert verdict.as_expected, (verdict.finding, verdict.conclusion.reason, verdict.corrected)


def test_the_slips_of_a_value_are_steps_and_scales() -> None:
    slips = _chance.stepped(lambda p: p["g"] / p["n"], by=0.1)
    found = {slip.name: slip.value({"n": 1, "g": 2}) for slip in slips if slip.value}
    assert found.pop("n -1") != found.get("n -1")
    assert found == pytest.approx({"n +1": 1.0, "g +1": 3.0, "g -1": 1.0, "x 1.1": 2.2, "x 0.9": 1.8})


def test_the_builders_give_the_licence_that_is_known() -> None:
    loop = Loop(process="exponential_family(poisson)", workflow="replace", metric="alive", n="n", at="g")
    point: tuple[dict[str, Any], ...] = ({"n": 2, "g": 1},)
    ends = {"ends": lambda p: (0.0, 2.0), "because": "a test"}
    kinds = [
        _chance.event("e", "P", loop, lambda p: 0.5, point).licence.kind,
        _chance.bounded("b", "E", loop, lambda p: 0.5, point, **ends).licence.kind,
    ]
    assert kinds == ["exact law", "bounded"]
