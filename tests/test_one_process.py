"""Fast roads draw from the very process: whole laws against the literal road, and that against plain loops.

Two empirical laws of S paths each differ by more than the stated gap with probability at most 1e-7 if they are
draws of one law (Dvoretzky-Kiefer-Wolfowitz-Massart on each, half of the error each). The resolution, the
smallest distance of two laws that would be seen with power 0.99, is the gap and a little more: 0.02 at the 200 000
paths of the short suite, below 0.01 at the million of the long one.
"""

from __future__ import annotations

import math

import jax.numpy as jnp
import numpy as np
import pytest

from sims.processes.gaussian import Gaussian
from sims.processes.linear import Linear
from sims.processes.location import Location
from sims.processes.wright_fisher import WrightFisher
from sims.trajectories import trajectories
from sims.workflows.accumulate import Accumulate
from sims.workflows.discount import Discount
from sims.workflows.edit import Edit
from sims.workflows.fresh import Fresh
from sims.workflows.replace import Replace
from sims.workflows.subsample import Subsample
from tests import plain

SEEDS, MANY, ERROR = 200_000, 1_000_000, 1e-7
N, G = 9, 3


def gap_of_one_law(first: int, second: int, error: float = ERROR) -> float:
    """Return the gap that two empirical laws of these sizes exceed with probability at most ``error``."""
    return sum(math.sqrt(math.log(4 / error) / (2 * size)) for size in (first, second))


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Return the largest difference of two empirical distribution functions."""
    # Lattice values such as 5/9 may differ in their last bit between two programs; they are the same atom.
    a, b = np.round(a, 12), np.round(b, 12)
    points = np.concatenate([a, b])
    points.sort()
    below = [np.searchsorted(np.sort(each), points, side="right") / len(each) for each in (a, b)]
    return float(np.abs(below[0] - below[1]).max())


def gaussian_parts(world, theta):
    """Location, scale and their joint: a road that loses their dependence shows in the third."""
    return jnp.stack([theta.mean[0], theta.log_scale[-1], theta.mean[0] * jnp.exp(-theta.log_scale[0])])


def plane_parts(world, theta):
    return jnp.stack([theta.mean[1], theta.log_scale[0], theta.log_scale[1], theta.factor[1, 0]])


def frequencies(world, theta):
    return jnp.stack([theta[0], theta[0] * theta[1], jnp.max(theta)])


def coefficients(world, theta):
    return jnp.stack([theta[0], jnp.sum(theta**2), theta[0] * theta[1]])


CASES = {
    "gaussian chain": (Gaussian(), Gaussian(), Replace(), gaussian_parts, "chain"),
    "gaussian law": (Gaussian(estimator="mle"), Gaussian(estimator="mle"), Accumulate(), gaussian_parts, "law"),
    "gaussian biased": (Gaussian(lam=0.6), Gaussian(lam=0.6), Replace(), gaussian_parts, "chain"),
    "gaussian fresh": (Gaussian(), Gaussian(), Fresh(Discount(0.6), count=4), gaussian_parts, "law"),
    "plane chain": (*[Gaussian(d=2, cov=[[2.0, 0.8], [0.8, 1.0]])] * 2, Replace(), plane_parts, "chain"),
    "plane law": (*[Gaussian(d=2, cov=[[2.0, 0.8], [0.8, 1.0]])] * 2, Accumulate(), plane_parts, "law"),
    "two atoms": (*[WrightFisher([0.3, 0.7])] * 2, Replace(), frequencies, "chain"),
    "parents": (*[WrightFisher([0.1, 0.2, 0.3, 0.4])] * 2, Replace(), frequencies, "chain"),
    "counts": (*[WrightFisher([0.1, 0.2, 0.3, 0.4])] * 2, Accumulate(), frequencies, "law"),
    "fixed chain": (*[Linear(d=3, cov=[2.0, 1.0, 0.5])] * 2, Replace(), coefficients, "chain"),
    "fixed law": (*[Linear(d=3, ridge=0.1, signal=[1.0, 0, 0])] * 2, Accumulate(), coefficients, "law"),
    "t step": (*[Linear(d=3, design="fresh", cov=[[2.0, 0.8, 0], [0.8, 1, 0], [0, 0, 1]])] * 2, Replace(),
               coefficients, "chain"),
    "fresh law": (*[Linear(d=3, design="fresh", ridge=0.1, signal=[1.0, 0, 0])] * 2, Accumulate(), coefficients, "law"),
}  # fmt: skip


def paths(process, workflow, metric, road, root, n=N, seeds=SEEDS):
    return trajectories(process, workflow, metric, seeds=seeds, n=n, generations=G, road=road, root=root)


def worst(a: np.ndarray, b: np.ndarray) -> float:
    """Return the largest distance over generations and components."""
    return max(distance(a[:, g, k], b[:, g, k]) for g in range(a.shape[1]) for k in range(a.shape[2]))


#: Paths and the resolution they give; the million takes minutes and belongs to the long suite.
SIZES = [(SEEDS, 0.021), pytest.param(MANY, 0.01, marks=pytest.mark.slow)]


#: Roads whose literal loop is the dearest to compile; the contract table holds them against samples in the short suite.
DEAR = ("fresh law", "fixed law", "t step", "gaussian fresh")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in DEAR else name for name in CASES]
)
@pytest.mark.parametrize(("seeds", "resolution"), SIZES)
def test_a_fast_road_has_the_literal_law(name: str, seeds: int, resolution: float) -> None:
    fast, literal, workflow, metric, road = CASES[name]
    gap = gap_of_one_law(seeds, seeds)
    assert gap + gap_of_one_law(seeds, seeds, error=0.01) < resolution
    ours = paths(fast, workflow, metric, road, 1, seeds=seeds)[:, -1:]
    rows = paths(literal, workflow, metric, "samples", 2, seeds=seeds)[:, -1:]
    assert worst(ours, rows) < gap


MUTANTS = {
    "another estimator": (Gaussian(), Gaussian(estimator="mle"), Replace(), gaussian_parts, "chain", N),
    "a biased draw": (Gaussian(lam=0.95), Gaussian(), Replace(), gaussian_parts, "chain", N),
    "one sample more": (Gaussian(), Gaussian(), Replace(), gaussian_parts, "chain", N + 1),
    "another workflow": (Gaussian(), Gaussian(), None, gaussian_parts, "law", N),
    "noise 5 % stronger": (Linear(d=3, sigma=1.05), Linear(d=3), Replace(), coefficients, "chain", N),
    "a design kept": (Linear(d=3), Linear(d=3, design="fresh"), Replace(), coefficients, "chain", N),
    "one label more": (*[WrightFisher([0.3, 0.7])] * 2, Replace(), frequencies, "chain", N + 1),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_planted_errors_are_seen(name: str) -> None:
    wrong, literal, workflow, metric, road, n = MUTANTS[name]
    fast = paths(wrong, workflow or Discount(0.5), metric, road, 1, n)
    assert worst(fast, paths(literal, workflow or Accumulate(), metric, "samples", 2)) > gap_of_one_law(SEEDS, SEEDS)


LOOPS = 3000


@pytest.mark.parametrize("workflow", ["replace", "accumulate", "subsample"])
@pytest.mark.parametrize("estimator", ["unbiased", "mle"])
def test_the_gaussian_samples_are_the_papers_loop(workflow: str, estimator: str) -> None:
    rng = np.random.default_rng(0)
    ddof = 1 if estimator == "unbiased" else 0
    loop = np.array([plain.gaussian(rng, N, G, workflow, ddof) for _ in range(LOOPS)])
    ours = {"replace": Replace(), "accumulate": Accumulate(), "subsample": Subsample()}[workflow]
    parts = paths(Gaussian(estimator=estimator), ours, gaussian_parts, "samples", 3)
    for g in range(G):
        assert distance(loop[:, g, 0], parts[:, g, 0]) < gap_of_one_law(LOOPS, SEEDS)
        assert distance(np.log(loop[:, g, 1]), parts[:, g, 1]) < gap_of_one_law(LOOPS, SEEDS)


@pytest.mark.parametrize("workflow", ["replace", "accumulate"])
def test_the_discrete_samples_are_the_papers_loop(workflow: str) -> None:
    rng = np.random.default_rng(0)
    p = [0.1, 0.2, 0.3, 0.4]
    loop = np.array([plain.discrete(rng, p, N, G, workflow) for _ in range(LOOPS)])
    ours = Replace() if workflow == "replace" else Accumulate()
    parts = paths(WrightFisher(p), ours, frequencies, "samples", 3)
    for g in range(G):
        assert distance(loop[:, g, 0], parts[:, g, 0]) < gap_of_one_law(LOOPS, SEEDS)
        assert distance(loop[:, g].max(1), parts[:, g, 2]) < gap_of_one_law(LOOPS, SEEDS)


@pytest.mark.parametrize("workflow", ["replace", "accumulate"])
@pytest.mark.parametrize("design", ["fixed", "fresh"])
def test_the_regression_samples_are_the_papers_loop(workflow: str, design: str) -> None:
    rng = np.random.default_rng(0)
    loop = np.array([plain.linear(rng, 3, N, G, workflow, design) for _ in range(LOOPS)])
    ours = Replace() if workflow == "replace" else Accumulate()
    parts = paths(Linear(d=3, design=design), ours, coefficients, "samples", 3)
    for g in range(G):
        assert distance(loop[:, g], parts[:, g, 1]) < gap_of_one_law(LOOPS, SEEDS)


def test_editing_is_editing() -> None:
    """The exact mean square of the location model under random edits (k of n rows a generation)."""
    n, k, generations = 10, 3, 6
    square, spread = 1 / n, n - 1.0
    exact = [square]
    for _ in range(generations - 1):
        increment = (k + k * (1 - k / n) * spread / (n - 1)) / n**2
        spread = (1 - k / n) * spread + k - n * increment
        square += increment
        exact.append(square)
    edit = Edit(Replace(), count=k)
    values = trajectories(Location(), edit, "square_error", seeds=SEEDS, n=n, generations=generations)
    # Normal errors squared: six standard errors of a mean of 200 000 are passed once in 10^8 runs.
    error = values.std(0) / math.sqrt(SEEDS)
    assert (np.abs(values.mean(0) - exact) < 6 * error).all()
