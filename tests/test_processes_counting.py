"""Exponential families refitted by the mean: one law for all, exact ends, rare and huge counts, roads and loops.

The closed forms are derived by hand from E V(mean of n) = (1 + v2/n) V: under replacement
E(mu_g - mu)^2 = V ((1 + v2/n)^g - 1)/v2, under accumulation with the product over k of 1 + v2/(n k^2).
"""

from __future__ import annotations

import math
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from groundwork.errors import BadInput
from sims.catalog import make_process
from sims.metrics import find
from sims.plan import make_plan
from sims.processes.exponential_family import ExponentialFamily
from sims.processes.wright_fisher import WrightFisher
from sims.trajectories import trajectories
from sims.vocabulary import zipf
from sims.workflows.accumulate import Accumulate
from sims.workflows.discount import Discount
from sims.workflows.replace import Replace
from tests import plain
from tests.test_one_process import distance, gap_of_one_law
from tests.test_samplers_laws import Z_MOST

N, G, SEEDS, ERROR = 6, 3, 40_000, 1e-8

FAMILIES = {
    "normal": (ExponentialFamily("normal", sigma=1.5, mean=0.5), 2.25, 0.0),
    "poisson": (ExponentialFamily("poisson", mean=1.5), 1.5, 0.0),
    "bernoulli": (ExponentialFamily("bernoulli", mean=0.3), 0.21, -1.0),
    "binomial": (ExponentialFamily("binomial", r=3, mean=0.9), 0.63, -1 / 3),
    "exponential": (ExponentialFamily("exponential", mean=2.0), 4.0, 1.0),
    "gamma": (ExponentialFamily("gamma", r=2.5, mean=2.0), 1.6, 1 / 2.5),
    "negbin": (ExponentialFamily("negbin", r=2.5, mean=2.0), 3.6, 1 / 2.5),
    "hyperbolic": (ExponentialFamily("hyperbolic", r=2, mean=1.0), 2.5, 1 / 2),
}
#: The others are compiled by the slow suite.
SHORT = {"poisson", "negbin", "hyperbolic"}
NAMES = ("mean", "error", "variance_function", "alive", "absorbed")


def marked(names, short: set[str]) -> list:
    return [name if name in short else pytest.param(name, marks=pytest.mark.slow) for name in names]


def parts(world, theta):
    return jnp.stack([find(name)(world, theta) for name in NAMES])


def paths(name: str, workflow, road: str, root: int = 0, seeds: int = SEEDS) -> np.ndarray:
    process = FAMILIES[name][0]
    return trajectories(process, workflow, parts, seeds=seeds, n=N, generations=G, road=road, root=root)


def agrees(sample: np.ndarray, exact: float) -> bool:
    # The variance function of the normal law is a constant, and then only rounding is left.
    rounding = 1e-12 * abs(exact)
    return bool(abs(sample.mean() - exact) <= Z_MOST * sample.std() / math.sqrt(sample.size) + rounding)


@pytest.mark.parametrize("name", marked(FAMILIES, SHORT))
def test_the_error_is_that_of_a_quadratic_variance_function(name: str) -> None:
    process, v, v2 = FAMILIES[name]
    values = paths(name, Replace(), "samples" if name == "hyperbolic" else "chain")
    for g in range(1, G + 1):
        growth = (1 + v2 / N) ** g
        assert agrees(values[:, g - 1, 0], float(process.mean))
        assert agrees(values[:, g - 1, 1], v * (growth - 1) / v2 if v2 else v * g / N)
        assert agrees(values[:, g - 1, 2], v * growth)


@pytest.mark.parametrize("name", marked([name for name in FAMILIES if name != "hyperbolic"], {"poisson"}))
def test_accumulation_has_its_law_and_its_closed_form(name: str) -> None:
    _, v, v2 = FAMILIES[name]
    fast, rows = paths(name, Accumulate(), "law", 1), paths(name, Accumulate(), "samples", 2)
    assert distance(fast[:, -1, 0], rows[:, -1, 0]) < gap_of_one_law(SEEDS, SEEDS)
    growth = 1.0
    for g in range(1, G + 1):
        growth *= 1 + v2 / (N * g * g)
        exact = v * (growth - 1) / v2 if v2 else v / N * sum(1 / k**2 for k in range(1, g + 1))
        assert agrees(fast[:, g - 1, 1], exact)
        assert agrees(rows[:, g - 1, 1], exact)


LOOPS = 2500


@pytest.mark.parametrize("name", marked([name for name in FAMILIES if name != "normal"], {"poisson", "hyperbolic"}))
def test_the_rows_are_the_plain_loop(name: str) -> None:
    process = FAMILIES[name][0]
    rng = np.random.default_rng(0)
    workflow = Replace() if name == "hyperbolic" else Accumulate()
    word = "replace" if name == "hyperbolic" else "accumulate"
    rows = paths(name, workflow, "samples", 0 if name == "hyperbolic" else 2)
    loop = np.array([plain.family(rng, name, process.r, process.mean, N, G, word) for _ in range(LOOPS)])
    assert distance(loop[:, -1], rows[:, -1, 0]) < gap_of_one_law(LOOPS, SEEDS)


def test_planted_errors_are_seen() -> None:
    wrong = trajectories(ExponentialFamily("poisson", mean=1.5), Replace(), parts, seeds=SEEDS, n=N + 1, generations=G)
    assert not agrees(wrong[:, -1, 1], 1.5 * G / N)
    wrong = trajectories(ExponentialFamily("poisson", mean=1.53), Replace(), parts, seeds=SEEDS, n=N, generations=G)
    assert not agrees(wrong[:, -1, 0], 1.5)


def binomial_p(hits: float, chance: float) -> float:
    return float(stats.binomtest(int(hits), SEEDS, chance).pvalue)


def test_poisson_extinction_has_its_exact_probability_and_lasts() -> None:
    # n theta_g is critical branching with Poisson offspring: P(theta_g = 0) = exp(-n mean w_g), w' = 1 - exp(-w).
    mean = 0.25
    values = trajectories(
        ExponentialFamily("poisson", mean=mean), Replace(), parts, seeds=SEEDS, n=N, generations=G, road="chain"
    )
    w = 1.0
    for g in range(G):
        assert binomial_p((values[:, g, 0] == 0).sum(), math.exp(-N * mean * w)) > ERROR
        w = 1 - math.exp(-w)
    assert (values[:, :, 3] == (values[:, :, 0] > 0)).all()
    assert (values[:, :, 4] == (values[:, :, 0] == 0)).all()
    dead = values[:, :-1, 0] == 0
    assert (values[:, 1:, 0][dead] == 0).all()


@pytest.mark.parametrize("road", ["law", pytest.param("samples", marks=pytest.mark.slow)])
def test_a_share_of_one_is_exact_whatever_the_weights(road: str) -> None:
    # A first row of all successes is never forgotten: sums of 3 x 0.7^k must divide to exactly three each time.
    process = ExponentialFamily("binomial", r=3, mean=1.5)
    values = trajectories(process, Discount(0.7), parts, seeds=SEEDS, n=1, generations=12, road=road)
    for end, living in ((3.0, 1.0), (0.0, 0.0)):
        stuck = values[:, 0, 0] == end
        assert binomial_p(stuck.sum(), 1 / 8) > ERROR
        assert (values[stuck, :, 0] == end).all()
        assert (values[stuck, :, 3] == living).all()
        assert (values[stuck, :, 4] == 1).all()


def test_rare_and_huge_counts_through_a_loop() -> None:
    # Six rows at a rate of 1e-5: 6e-5 a path. And a rate of 1e9, far beyond what float32 counts.
    def run(mean: float) -> np.ndarray:
        process = ExponentialFamily("poisson", mean=mean)
        return trajectories(process, Replace(), parts, seeds=200_000, n=N, generations=1, road="chain")[:, 0, 0]

    assert stats.binomtest(int((run(1e-5) > 0).sum()), 200_000, -math.expm1(-6e-5)).pvalue > 1e-9
    huge = np.rint(N * run(1e9))
    odd = int((huge % 2).sum())
    assert stats.binomtest(odd, 200_000).pvalue > 1e-9
    assert agrees(huge, 6e9)
    assert agrees((huge - 6e9) ** 2, 6e9)


def test_rare_atoms_appear_at_their_rate() -> None:
    # 400 million draws by the two-atom table: an exact binomial bound at 1e-9. (Labels: test_samplers_multinomial.)
    rare = trajectories(WrightFisher([1e-7, 1 - 1e-7]), Replace(), "frequency", seeds=1_600_000, n=250, generations=1)
    assert stats.binomtest(round(250 * rare.sum()), 400_000_000, 1e-7).pvalue > 1e-9


def test_a_vocabulary_loses_its_tail() -> None:
    process: Any = make_process("wright_fisher(zipf=[50, 1.5])")
    np.testing.assert_array_equal(process.p, zipf(50, 1.5))
    n = 40

    def lost(world, theta):
        return jnp.stack([find(name)(world, theta) for name in ("lost_symbols", "lost_mass", "surviving_symbols")])

    values = trajectories(process, Replace(), lost, seeds=20_000, n=n, generations=2)
    unseen = (1 - process.p) ** n
    assert agrees(values[:, 0, 0], unseen.sum())
    assert agrees(values[:, 0, 1], unseen @ process.p)
    assert (values[:, :, 0] + values[:, :, 2] == 50).all()
    assert (np.diff(values[:, :, 0]) >= 0).all()


def test_zipf_is_its_formula_and_sums_to_one() -> None:
    p = zipf(1000, 2.7, 1.0)
    assert abs(math.fsum(p) - 1) < 1e-14
    np.testing.assert_allclose(p / p[0], ((np.arange(1, 1001) + 1) / 2) ** -2.7, rtol=1e-12)
    assert zipf(10, 0).tolist() == [0.1] * 10


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("exponential_family(poison)", "family"),
        ("exponential_family(poisson, mean=0)", "mean"),
        ("exponential_family(bernoulli, mean=1)", "mean"),
        ("exponential_family(binomial, r=3, mean=3)", "mean"),
        ("exponential_family(poisson, mean=1e10)", "mean"),
        ("exponential_family(poisson, r=2)", "r"),
        ("exponential_family(binomial, r=2.5)", "r"),
        ("exponential_family(hyperbolic, r=0)", "r"),
        ("exponential_family(gamma, r=0.01)", "r"),
        ("exponential_family(gamma, sigma=2)", "sigma"),
        ("exponential_family(normal, sigma=-1)", "sigma"),
        ("wright_fisher(zipf=1)", "atoms"),
        ("wright_fisher(zipf=[9, -1])", "beta"),
        ("wright_fisher(zipf=[9, 1, -1])", "shift"),
        ("wright_fisher(zipf=[9, 1, 0, 0])", "zipf"),
        ("wright_fisher([0.5, 0.5], zipf=3)", "zipf"),
        ("wright_fisher", "p"),
    ],
)
def test_what_cannot_be_is_refused_at_construction(text: str, parameter: str) -> None:
    with pytest.raises(BadInput) as caught:
        make_process(text)
    assert caught.value.parameter == parameter


def test_a_sum_without_a_law_is_refused_by_that_road() -> None:
    small = ExponentialFamily("gamma", r=0.3)
    with pytest.raises(BadInput, match=r"2 n r = 1\.2 degrees"):
        make_plan(small, Replace(), n=2, generations=1, road="law")
    assert make_plan(small, Replace(), n=2, generations=1).layout.road == "moments"
    assert make_plan(small, Replace(), n=3, generations=1).layout.road == "moments"
    assert make_plan(small, Replace(), n=20, generations=1).layout.road == "chain"
    with pytest.raises(BadInput, match="does not draw the rows"):
        make_plan(ExponentialFamily("hyperbolic"), Replace(), n=2, generations=1, road="chain")
