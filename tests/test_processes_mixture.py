"""Mixtures: closed forms where labels are known, a numpy EM where they are not, and components that die.

With labels, K components and n rows, the pooled variance is chi-square with K (n - 1) degrees of freedom, so
E sigma_g = sigma c^g with c = sqrt(2/v) Gamma((v+1)/2)/Gamma(v/2), and each mean walks by sigma^2/n a generation.
"""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, special, stats

from groundwork.errors import BadInput
from sims.catalog import make_process
from sims.expectation import MixtureModel, maximised
from sims.metrics import find
from sims.processes.labelled_mixture import LabelledMixture
from sims.processes.mixture import GaussianMixture, MixtureWorld
from sims.trajectories import trajectories
from sims.workflows.accumulate import Accumulate
from sims.workflows.replace import Replace
from tests import plain
from tests.test_one_process import distance, gap_of_one_law
from tests.test_samplers_laws import Z_MOST

N, G, SEEDS = 5, 3, 40_000
LABELLED = LabelledMixture([-1.0, 0.0, 2.0], sigma=1.5)


def agrees(sample: np.ndarray, exact: float) -> bool:
    return bool(abs(sample.mean() - exact) < Z_MOST * sample.std() / math.sqrt(sample.size))


def labelled_parts(world, theta):
    error = jnp.sum((theta.mean - world.truth.mean) ** 2)
    return jnp.stack([jnp.exp(theta.log_scale[0]), error, theta.mean[2], theta.mean[0] * theta.mean[2]])


def labelled(workflow, road: str, root: int, n: int = N) -> np.ndarray:
    return trajectories(LABELLED, workflow, labelled_parts, seeds=SEEDS, n=n, generations=G, road=road, root=root)


def shrinkage() -> float:
    dof = 3 * (N - 1)
    return math.sqrt(2 / dof) * special.gamma((dof + 1) / 2) / special.gamma(dof / 2)


def test_known_labels_have_their_closed_forms() -> None:
    values = labelled(Replace(), "chain", 1)
    shrink = shrinkage()
    for g in range(1, G + 1):
        assert agrees(values[:, g - 1, 0], 1.5 * shrink**g)
        assert agrees(values[:, g - 1, 0] ** 2, 1.5**2)
        assert agrees(values[:, g - 1, 1], 3 * g * 1.5**2 / N)
        assert agrees(values[:, g - 1, 3], -2.0)
    wrong = labelled(Replace(), "chain", 1, n=N + 1)
    assert not agrees(wrong[:, -1, 0], 1.5 * shrink**G)
    assert not agrees(wrong[:, -1, 1], 3 * G * 1.5**2 / N)


@pytest.mark.parametrize(
    ("workflow", "road"), [(Accumulate(), "law"), pytest.param(Replace(), "chain", marks=pytest.mark.slow)]
)
def test_a_fast_road_has_the_literal_law(workflow, road: str) -> None:
    fast, rows = labelled(workflow, road, 1), labelled(workflow, "samples", 2)
    assert agrees(fast[:, 0, 0], 1.5 * shrinkage())
    for part in range(4):
        assert distance(fast[:, -1, part], rows[:, -1, part]) < gap_of_one_law(SEEDS, SEEDS)


def mixture(weights, means, factors) -> MixtureModel:
    places, spreads = jnp.asarray(means, jnp.float64), jnp.asarray(factors, jnp.float64)
    return MixtureModel(jnp.asarray(weights, jnp.float64), places, spreads, jnp.zeros(()))


PLANE = mixture([0.5, 0.3, 0.2], [[-2.0, 0.0], [2.0, 1.0], [0.0, 4.0]], [np.eye(2)] * 3)


@jax.jit
def fitted(start: MixtureModel, x, weight, steps, tolerance, least) -> MixtureModel:
    return maximised(start, x, weight, steps=steps, tolerance=tolerance, least=least)


def rows_of_plane() -> np.ndarray:
    rng = np.random.default_rng(0)
    means = np.asarray(PLANE.mean)[rng.choice(3, size=80, p=np.asarray(PLANE.weight))]
    return means + rng.normal(size=(80, 2)) @ np.array([[1.0, 0.4], [0.0, 0.8]])


@pytest.mark.parametrize("steps", [2, 7])
def test_the_fit_is_the_plain_one_step_by_step(steps: int) -> None:
    x = rows_of_plane()
    weight = np.random.default_rng(1).choice([0.0, 0.5, 1.0, 2.0], size=80)
    x[weight == 0] = 1e3
    ours = fitted(PLANE, x, weight, steps, 0.0, 3.0)
    start = [(float(w), np.asarray(m), np.eye(2)) for w, m in zip(PLANE.weight, PLANE.mean, strict=True)]
    theirs = plain.em(x[weight > 0], weight[weight > 0], start, steps)
    np.testing.assert_allclose(ours.weight, [share for share, _, _ in theirs], rtol=1e-11)
    np.testing.assert_allclose(ours.mean, [mean for _, mean, _ in theirs], rtol=1e-11, atol=1e-11)
    covariance = np.asarray(ours.factor) @ np.swapaxes(np.asarray(ours.factor), 1, 2)
    np.testing.assert_allclose(covariance, [cov for _, _, cov in theirs], rtol=1e-10, atol=1e-11)


def test_the_fit_stops_where_it_has_settled() -> None:
    x, weight = rows_of_plane(), np.ones(80)
    settled = fitted(PLANE, x, weight, 5000, 1e-9, 3.0)
    assert 0 <= float(settled.change) < 1e-9
    once_more = fitted(settled, x, weight, 2, 0.0, 3.0)
    assert 0 <= float(once_more.change) < 1e-9
    np.testing.assert_allclose(once_more.mean, settled.mean, atol=1e-3)
    assert float(fitted(PLANE, x, weight, 3, 1e-9, 3.0).change) > 1e-9


def test_a_component_without_rows_dies_and_stays_dead() -> None:
    far = mixture(PLANE.weight, [[-2.0, 0.0], [2.0, 1.0], [90.0, 90.0]], PLANE.factor)
    x, weight = rows_of_plane(), np.ones(80)
    ours = fitted(far, x, weight, 500, 1e-10, 3.0)
    assert float(ours.weight[2]) == 0
    assert float(jnp.sum(ours.weight)) == pytest.approx(1, abs=1e-15)
    np.testing.assert_array_equal(ours.mean[2], [90.0, 90.0])
    two = fitted(mixture([0.6, 0.4, 0.0], far.mean, far.factor), x, weight, 500, 1e-10, 3.0)
    np.testing.assert_allclose(two.mean[:2], ours.mean[:2], atol=1e-3)
    assert float(find("alive_components")(MixtureWorld(far), ours)) == 2
    assert abs(float(ours.change)) < 1e-10


def outlying(jitter: float) -> tuple[np.ndarray, MixtureModel]:
    """Return rows of which four lie around one far point, and a start with a component there."""
    few = 50.0 + jitter * np.random.default_rng(2).normal(size=(4, 2))
    start = mixture(PLANE.weight, [[-2.0, 0.0], [2.0, 1.0], [50.0, 50.0]], PLANE.factor)
    return np.concatenate([rows_of_plane(), few]), start


@pytest.mark.parametrize("jitter", [0.0, 1e-10])
def test_a_component_on_copies_of_one_point_dies(jitter: float) -> None:
    x, start = outlying(jitter)
    ours = fitted(start, x, np.ones(84), 200, 1e-10, 3.0)
    assert float(ours.weight[2]) == 0
    assert np.isfinite(np.asarray(ours.mean)).all()
    assert float(fitted(start, *(outlying(1e-3)[0], np.ones(84)), 200, 1e-10, 3.0).weight[2]) > 0


def test_a_death_is_not_taken_for_convergence() -> None:
    # Its rows then fit the others badly: the likelihood falls, and the fit must go on.
    x, start = outlying(1.0)
    ours = fitted(start, x, np.ones(84), 2000, 1e-10, 5.0)
    assert float(ours.weight[2]) == 0
    assert 0 <= float(ours.change) < 1e-10


def test_where_all_die_the_path_is_lost() -> None:
    ours = fitted(PLANE, rows_of_plane(), np.ones(80), 5, 0.0, 1000.0)
    world = MixtureWorld(PLANE)
    assert np.isnan(ours.weight).all()
    assert float(find("alive_components")(world, ours)) == 0
    assert all(np.isnan(float(find(name)(world, ours))) for name in ("density_distance", "component_error"))
    assert float(find("modes_lost")(world, ours)) == 3


def curve(model: MixtureModel, x: np.ndarray) -> np.ndarray:
    spread = np.asarray(model.factor)[:, 0, 0]
    return np.asarray(model.weight) @ stats.norm.pdf(x, np.asarray(model.mean), spread[:, None])


def test_the_distance_of_densities_is_its_integral() -> None:
    one = mixture([0.4, 0.6, 0.0], [[-1.0], [1.5], [0.0]], [[[0.5]], [[1.2]], [[0.1]]])
    other = mixture([0.3, 0.3, 0.4], [[-2.0], [0.0], [2.0]], [[[1.0]], [[0.7]], [[0.3]]])
    x = np.linspace(-15, 15, 40_001)[None, :]
    exact = integrate.trapezoid((curve(one, x) - curve(other, x)) ** 2, x[0])
    assert float(find("density_distance")(MixtureWorld(other), one)) == pytest.approx(exact, rel=1e-9)
    assert float(find("density_distance")(MixtureWorld(one), one)) == pytest.approx(0, abs=1e-15)
    round_one = mixture([1.0], [[0.0, 0.0]], [np.eye(2)])
    moved = mixture([1.0], [[1.0, 0.0]], [[[1.0, 0.0], [0.0, 2.0]]])
    # (4 pi)^-1 + (8 pi)^-1 - 2 exp(-1/4)/(2 pi sqrt(10)).
    exact = 1 / (4 * math.pi) + 1 / (8 * math.pi) - math.exp(-0.25) / (math.pi * math.sqrt(10))
    assert float(find("density_distance")(MixtureWorld(round_one), moved)) == pytest.approx(exact, rel=1e-12)


def test_the_other_metrics_by_hand() -> None:
    real = mixture([0.5, 0.5], [[-2.0], [2.0]], np.ones((2, 1, 1)))
    ours = mixture([0.75, 0.25], [[-2.5], [2.2]], [[[0.5]], [[2.0]]])
    world = MixtureWorld(real)
    assert float(find("component_sd")(world, ours)) == pytest.approx(math.sqrt(0.75 * 0.25 + 0.25 * 4))
    assert float(find("component_error")(world, ours)) == pytest.approx(0.29)
    assert float(find("modes_lost")(world, ours)) == 0
    gone = mixture([1.0, 0.0], [[-2.5], [2.2]], [[[0.5]], [[2.0]]])
    assert float(find("component_error")(world, gone)) == pytest.approx(0.25)
    assert float(find("modes_lost")(world, gone)) == 1


STEPS, ROWS, LOOPS = 8, 40, 400
UNLABELLED = GaussianMixture([-3.0, 3.0], steps=STEPS, tolerance=0.0)


def test_the_loop_is_the_plain_one() -> None:
    rng = np.random.default_rng(0)
    loop = np.array([plain.mixture(rng, [-3.0, 3.0], ROWS, 2, STEPS) for _ in range(LOOPS)])
    values = trajectories(UNLABELLED, Replace(), "component_sd", seeds=20_000, n=ROWS, generations=2)
    for g in range(2):
        assert distance(loop[:, g], values[:, g]) < gap_of_one_law(LOOPS, 20_000)
    # Far apart the labels are all but known: E of the pooled variance is (1 - 2/n) of the last one's.
    assert values[:, 0].mean() ** 2 == pytest.approx(1 - 2 / ROWS, rel=0.03)


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("labelled_mixture(means=[])", "means"),
        ("labelled_mixture(sigma=0)", "sigma"),
        ("mixture(means=two)", "means"),
        ("mixture([[[1]]])", "means"),
        ("mixture([1, 2], sigma=[1, 2, 3])", "sigma"),
        ("mixture([1, 2], sigma=-1)", "sigma"),
        ("mixture([1, 2], weights=[1])", "weights"),
        ("mixture([1, 2], weights=[1, 0])", "weights"),
        ("mixture(steps=1)", "steps"),
        ("mixture(tolerance=-1)", "tolerance"),
        ("mixture(least=0)", "least"),
        ("mixture(start=random)", "start"),
    ],
)
def test_what_cannot_be_is_refused_at_construction(text: str, parameter: str) -> None:
    with pytest.raises(BadInput) as caught:
        make_process(text)
    assert caught.value.parameter == parameter


def test_too_few_rows_are_refused() -> None:
    with pytest.raises(BadInput, match="needs n >= 2"):
        trajectories(LABELLED, Replace(), "sd", seeds=2, n=1, generations=2)
    with pytest.raises(BadInput, match="lives on at least 2"):
        trajectories(UNLABELLED, Replace(), "component_sd", seeds=2, n=1, generations=2)
