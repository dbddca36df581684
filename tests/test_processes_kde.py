"""Kernel densities: a cloud that walks, a pool that widens; the loop, the closed forms, the metrics by quadrature.

A draw is a point plus kernel noise, so under replacement a point has variance sigma^2 + t h^2 after t resamplings
and the unbiased variance of the sample follows u' = (1 - 1/n) u + h^2. In a pool of t batches the number of
resamplings behind a point is a sum of independent Bernoulli(1/k), k = 2, …, t: unsigned Stirling numbers.
"""

from __future__ import annotations

import math
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, stats

from groundwork.errors import BadInput
from sims.catalog import make_process
from sims.metrics import find
from sims.processes.kde import Kde, KdeWorld, KernelModel
from sims.trajectories import trajectories
from sims.workflows.accumulate import Accumulate
from sims.workflows.fixed_real import FixedReal
from sims.workflows.replace import Replace
from tests import plain
from tests.test_one_process import distance, gap_of_one_law
from tests.test_samplers_laws import Z_MOST

N, G, SEEDS, H, SIGMA, AT = 6, 4, 40_000, 0.8, 1.5, 0.7
PROCESS = Kde(h=H, sigma=SIGMA, at=AT)
NAMES = ("within_variance", "mean_square", "density", "corpus_mean")


def parts(world, theta):
    return jnp.stack([find(name)(world, theta) for name in NAMES])


def paths(workflow, process: Kde = PROCESS) -> np.ndarray:
    return trajectories(process, workflow, parts, seeds=SEEDS, n=N, generations=G)


def agrees(sample: np.ndarray, exact: Any) -> bool:
    return bool(abs(sample.mean() - exact) < Z_MOST * sample.std() / math.sqrt(sample.size))


def test_under_replacement_the_cloud_tends_to_a_width_and_walks() -> None:
    values = paths(Replace())
    within = SIGMA**2
    for t in range(G):
        marginal = SIGMA**2 + t * H**2
        assert agrees(values[:, t, 0], within)
        assert agrees(values[:, t, 1], marginal)
        assert agrees(values[:, t, 2], stats.norm.pdf(AT, scale=math.sqrt(marginal + H**2)))
        assert agrees(values[:, t, 3], 0.0)
        within = (1 - 1 / N) * within + H**2


def depths(t: int) -> list[float]:
    """Return P(depth = j) of a point of a pool of t batches."""
    law = [1.0]
    for k in range(2, t + 1):
        law = [(1 - 1 / k) * a + b / k for a, b in zip([*law, 0.0], [0.0, *law], strict=True)]
    return law


def test_under_accumulation_the_pool_widens_like_a_logarithm() -> None:
    values = paths(Accumulate())
    for t in range(1, G + 1):
        harmonic = sum(1 / k for k in range(1, t + 1))
        assert agrees(values[:, t - 1, 1], SIGMA**2 + H**2 * (harmonic - 1))
        spread = [math.sqrt(SIGMA**2 + (j + 1) * H**2) for j in range(t)]
        exact = sum(chance * stats.norm.pdf(AT, scale=s) for chance, s in zip(depths(t), spread, strict=True))
        assert agrees(values[:, t - 1, 2], exact)


def test_a_wider_kernel_is_seen() -> None:
    values = paths(Replace(), Kde(h=1.1 * H, sigma=SIGMA, at=AT))
    assert not agrees(values[:, -1, 1], SIGMA**2 + (G - 1) * H**2)


@pytest.mark.parametrize("workflow", ["replace", "accumulate"])
def test_the_points_are_the_plain_loop(workflow: str) -> None:
    rng = np.random.default_rng(0)
    loops = 3000
    loop = SIGMA**2 * np.array([plain.kde(rng, H / SIGMA, N, G, workflow) for _ in range(loops)])
    values = paths(Replace() if workflow == "replace" else Accumulate())
    for part in (0, 1):
        assert distance(loop[:, -1, part], values[:, -1, part]) < gap_of_one_law(loops, SEEDS)


@pytest.mark.slow
def test_real_rows_that_stay_keep_the_cloud_where_it_is() -> None:
    # n real rows stay beside n drawn from the last pool: the mean square m of the pool follows m' = m/2 + c.
    values = trajectories(PROCESS, FixedReal(Replace()), "mean_square", seeds=SEEDS, n=N, generations=G)
    square = SIGMA**2
    for t in range(G):
        assert agrees(values[:, t], square)
        square = 0.5 * SIGMA**2 + 0.5 * (square + H**2)


def model(points: list[float], weight: list[float], width: float) -> tuple[KdeWorld, KernelModel]:
    world = KdeWorld(jnp.asarray(SIGMA), jnp.asarray(AT), jnp.zeros((len(points), 0)))
    return world, KernelModel(jnp.array(points), jnp.array(weight), jnp.asarray(width))


#: Points that weigh nothing lie where they would be seen if they counted.
POINTS, WEIGHTS = [-2.0, 0.3, 1.1, 1e6, 2.5, AT], [1.0, 2.0, 0.5, 0.0, 1.5, 0.0]


@pytest.mark.parametrize(("width", "error"), [(1.5, 1e-9), (0.8, 1e-5), (0.45, 6e-3)])
def test_the_likelihood_is_its_integral(width: float, error: float) -> None:
    def log_density(x: float) -> float:
        terms = [math.log(w) + stats.norm.logpdf(x, p, width) for p, w in zip(POINTS, WEIGHTS, strict=True) if w]
        return float(np.logaddexp.reduce(terms)) - math.log(sum(WEIGHTS))

    exact = -integrate.quad(lambda x: stats.norm.pdf(x, scale=SIGMA) * log_density(x), -15, 15, limit=500)[0]
    given = model(POINTS, WEIGHTS, width)
    assert float(find("negative_log_likelihood")(*given)) == pytest.approx(exact, abs=error)
    assert float(find("density")(*given)) == pytest.approx(math.exp(log_density(AT)), rel=1e-12)


def test_weights_are_multiplicities() -> None:
    weighted = model([1.0, -2.0, 5.0, 9.0], [2.0, 1.0, 3.0, 0.0], H)
    repeated = np.array([1.0, 1.0, -2.0, 5.0, 5.0, 5.0])
    assert float(find("within_variance")(*weighted)) == pytest.approx(repeated.var(ddof=1), rel=1e-14)
    assert float(find("mean_square")(*weighted)) == pytest.approx((repeated**2).mean(), rel=1e-14)
    assert float(find("corpus_mean")(*weighted)) == pytest.approx(repeated.mean(), rel=1e-14)
    assert np.isnan(float(find("within_variance")(*model([1.0, 2.0], [1.0, 0.0], H))))


def test_far_from_all_points_the_likelihood_is_finite() -> None:
    given = model([1e4, 0.0], [1.0, 0.0], 1e-3)
    assert float(find("negative_log_likelihood")(*given)) == pytest.approx(5e13, rel=1e-3)


@pytest.mark.parametrize(
    ("text", "parameter"),
    [("kde(h=0)", "h"), ("kde(-1)", "h"), ("kde(sigma=0)", "sigma"), ("kde(at=many)", "at"), ("kde(true)", "h")],
)
def test_what_cannot_be_is_refused_at_construction(text: str, parameter: str) -> None:
    with pytest.raises(BadInput) as caught:
        make_process(text)
    assert caught.value.parameter == parameter


@pytest.mark.parametrize("road", ["chain", "law", "moments"])
def test_only_rows_will_do(road: str) -> None:
    with pytest.raises(BadInput, match="Kde has no"):
        trajectories(PROCESS, Replace(), "density", seeds=2, n=3, generations=2, road=road)
