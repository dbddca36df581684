"""The claims themselves: what they are checked against is right, and the suite gives the verdicts they expect."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from groundwork.errors import BadInput
from paper_checks import _w2_law, arulandu2024, gerstgrasser2024, shumailov2023
from paper_checks._discovery import claims, find
from paper_checks._examine import show
from paper_checks._seeds import seed_of
from paper_checks._simulated import paths
from tailfade.verification import Report, verify
from theory.gaussian import w2_mean, w2_variance
from theory.linear import risk

NS = st.integers(2, 60)
GS = st.integers(1, 12)


@given(n=st.integers(8, 40), d=st.integers(1, 4), g=GS, sigma=st.floats(0.1, 3))
@pytest.mark.parametrize("workflow", ["replace", "accumulate"])
def test_the_printed_risk_is_the_closed_form(workflow: str, n: int, d: int, g: int, sigma: float) -> None:
    point = {"n": n, "d": d, "g": g, "sigma": sigma}
    assert gerstgrasser2024.value(point, workflow) == pytest.approx(risk(n, d, g, sigma, workflow=workflow), rel=1e-12)


@given(n=st.integers(9, 40), d=st.integers(1, 4), g=GS)
@pytest.mark.parametrize("workflow", ["replace", "accumulate"])
def test_the_law_of_the_risk_has_its_mean_and_variance(workflow: str, n: int, d: int, g: int) -> None:
    point = {"n": n, "d": d, "g": g, "sigma": 1.5}
    nu = n - d + 1
    law = stats.f(d, nu, scale=gerstgrasser2024.clock(point, workflow) * 2.25 * d / nu)
    assert gerstgrasser2024.value(point, workflow) == pytest.approx(law.mean(), rel=1e-10)
    assert gerstgrasser2024.variance(point, workflow) == pytest.approx(law.var(), rel=1e-10)
    x = law.ppf([0.01, 0.5, 0.99])
    np.testing.assert_allclose(gerstgrasser2024.law(point, workflow)(x), [0.01, 0.5, 0.99], rtol=1e-9)


@pytest.mark.parametrize("n", [5, 6])
def test_below_d_plus_4_the_mean_has_no_licence(n: int) -> None:
    assert gerstgrasser2024.variance({"n": n, "d": 3, "g": 1, "sigma": 1.0}, "replace") == float("inf")


@given(n=NS, g=GS, sigma=st.floats(0.1, 3))
def test_the_moments_of_the_distance_are_those_of_theory(n: int, g: int, sigma: float) -> None:
    point = {"n": n, "g": g, "sigma": sigma}
    assert _w2_law.moment(point, 1) == pytest.approx(w2_mean(n, g, sigma), rel=1e-9)
    assert _w2_law.central(point, 2) == pytest.approx(w2_variance(n, g, sigma), rel=1e-7)


@settings(max_examples=20)
@given(n=st.integers(5, 60), sigma=st.floats(0.3, 3))
def test_the_first_law_has_the_moments_of_the_distance(n: int, sigma: float) -> None:
    point = {"n": n, "g": 1, "sigma": sigma}
    cdf = _w2_law.first_law(point)
    nodes, weights = np.polynomial.legendre.leggauss(300)
    # With x = r^2 the tail integrals of the mean and of the square have smooth integrands.
    top = 6.0
    r = (nodes + 1) * top / 2
    tail = (1 - cdf((sigma * r) ** 2)) * weights * top / 2
    assert float(np.sum(tail * 2 * r)) == pytest.approx(_w2_law.moment(point, 1) / sigma**2, rel=1e-8)
    assert float(np.sum(tail * 4 * r**3)) == pytest.approx(_w2_law.moment(point, 2) / sigma**4, rel=1e-7)


@given(n=st.integers(4, 60), sigma=st.floats(0.3, 3))
def test_the_scale_law_is_chi_square_at_one_generation(n: int, sigma: float) -> None:
    x = np.log(sigma) + np.linspace(-1, 0.7, 9)
    wanted = stats.chi2.cdf((n - 1) * np.exp(2 * x) / sigma**2, n - 1)
    np.testing.assert_allclose(_w2_law.scale_law({"n": n, "g": 1, "sigma": sigma})(x), wanted, atol=1e-6)


def test_the_sampler_is_a_function_of_seed_and_path() -> None:
    sampler = gerstgrasser2024.sampler("accumulate")
    point, ids = gerstgrasser2024.POINTS[0], np.arange(512)
    x = sampler(5, point)(ids)
    np.testing.assert_array_equal(sampler(5, point)(ids[::-1])[::-1], x)
    assert (gerstgrasser2024.sampler("accumulate")(6, point)(ids) != x).all()
    with pytest.raises(BadInput, match="a generation from 1 to 6"):
        sampler(5, {**point, "g": 7})


def test_the_sampler_is_the_loop_as_the_paper_prints_it() -> None:
    """Two-sample Kolmogorov-Smirnov at 1e-7 against the plain numpy loop."""
    x = paths("gaussian", "replace", "w2", n=20, generations=5, at=5)(0, {})(np.arange(4096))
    random = np.random.default_rng(seed_of("1", "tests", "plain w2"))
    mean, sd = np.zeros(4096), np.ones(4096)
    for _ in range(5):
        rows = mean[:, None] + sd[:, None] * random.standard_normal((4096, 20))
        mean, sd = rows.mean(axis=1), rows.std(axis=1, ddof=1)
    compared: Any = stats.ks_2samp(x, mean**2 + (sd - 1) ** 2)
    assert compared.pvalue > 1e-7


#: The claims whose proofs the short suite runs again; those of all others are in the long one.
FIRST = ("gerstgrasser2024.accumulate", "shumailov2023.w2-mean", "arulandu2024.w2-mean", "schaeffer2025.fixation")


def _first_in_short(names: Iterable[str]) -> list:
    return [name if name in FIRST else pytest.param(name, marks=pytest.mark.slow) for name in names]


@pytest.mark.parametrize("name", _first_in_short(claims()))
def test_proofs_decide_every_claim(name: str) -> None:
    """No step is left unsure, and none refutes the print of a claim that is expected to stand."""
    claim = find(name)
    steps = [step for part in show(claim) for step in part]
    assert [step.statement for step in steps if step.answer not in ("shown", "refuted")] == []
    refuted = [step.statement for step in steps if step.answer == "refuted"]
    assert not refuted or claim.expected == "REFUTED"
    assert not [step.statement for step in steps if step.answer == "refuted" and step.of == "exact"]


def test_all_readings_of_the_printed_variance_fall() -> None:
    steps = [step for step in show(find("arulandu2024.w2-variance"))[0] if step.of == "printed"]
    assert [step.answer for step in steps] == ["refuted"] * 4
    assert all("slope 2" in step.detail for step in steps)


@pytest.fixture(scope="module")
def quick() -> Report:
    return verify(budget="quick")


@pytest.mark.slow
def test_the_quick_run_is_as_expected(quick: Report) -> None:
    """A run errs with probability 1e-6, and misses a planted error with at most 0.01 each; its seeds are fixed."""
    assert {v.claim: v.finding for v in quick.verdicts} == {c.id: c.expected for c in claims().values()}
    assert quick.exit_code == 0
    corrected = {verdict.claim: verdict.corrected.finding.value for verdict in quick.verdicts if verdict.corrected}
    assert set(corrected.values()) <= {"EXACT", "HOLDS"}
    assert corrected["arulandu2024.w2-mean"] == "EXACT"


@pytest.mark.slow
def test_every_check_killed_its_mutants(quick: Report) -> None:
    rows = [(v.claim, name, rows[0].mutants) for v in quick.verdicts for name, rows in v.outcomes.items()]
    assert [(claim, name) for claim, name, report in rows if not report.complete] == []
    fresh = [
        {kill.name for kill in report.killed} for claim, name, report in rows if name == "law" and "gerst" in claim
    ]
    assert all("the design drawn anew each generation" in killed for killed in fresh)


@pytest.mark.slow
def test_a_claim_alone_has_the_verdict_of_the_full_run(quick: Report) -> None:
    alone = verify("gerstgrasser2024.replace", budget="quick").verdicts[0]
    full = next(v for v in quick.verdicts if v.claim == alone.claim)
    assert [o.digest for o in alone.outcomes["law"]] == [o.digest for o in full.outcomes["law"]]
    assert [o.estimate for o in alone.outcomes["law"]] == [o.estimate for o in full.outcomes["law"]]


def test_the_printed_forms_are_the_printed_ones() -> None:
    point: dict[str, Any] = {"n": 10, "g": 2, "sigma": 1}
    forms = (shumailov2023.leading_order(), arulandu2024.printed_mean(), arulandu2024.printed_variance())
    values = [float(form.subs({s: point[s.name] for s in form.free_symbols})) for form in forms]
    sizes = [10.0] * 3
    sums = sum(3 / t**2 for t in sizes) + sum(
        4 / (a * b) for i, a in enumerate(sizes) for j, b in enumerate(sizes) if i != j
    )
    assert values == pytest.approx([1.5 * sum(1 / t for t in sizes[:2]), 1.5 * sum(1 / t for t in sizes), sums / 2])
