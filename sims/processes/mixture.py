"""A Gaussian mixture refitted on its own unlabelled draws by expectation-maximisation."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from groundwork.checks import choice, count, is_abstract, number, simplex
from groundwork.errors import BadInput
from sims.expectation import MixtureModel, maximised
from sims.process import Process, Size
from sims.samplers import categories, normal
from sims.trees import pytree, static

__all__ = ["GaussianMixture", "MixtureWorld"]


@pytree
@dataclasses.dataclass(frozen=True)
class MixtureWorld:
    """The real mixture."""

    truth: MixtureModel


@pytree
@dataclasses.dataclass(frozen=True)
class GaussianMixture(Process):
    """Fit weights, means and covariances of K normal components to the weighted corpus, and draw from the mixture.

    The real mixture has ``means`` (K, or K rows of d), standard deviations ``sigma`` (one, or K; round components)
    and ``weights`` (default equal). A fit takes at most ``steps`` steps of expectation-maximisation and stops when
    a step gains less than ``tolerance`` in log-likelihood a row; the metric ``em_change`` is the last gain. It
    starts from the last model (``start="last"``) or the real one (``"truth"``), so components keep their names. One
    with less than ``least`` rows' worth of responsibility (default d + 1), or that falls onto copies of one point,
    is dead for good: it weighs 0 and is counted by ``alive_components``.
    Source: Shumailov et al. 2023, figure 13 of its review, for the experiment; the fit is maximum likelihood.

    >>> GaussianMixture([-2.0, 2.0]).weights.tolist()
    [0.5, 0.5]
    """

    means: Any = (-2.0, 2.0)
    sigma: Any = 1.0
    weights: Any = None
    steps: Any = 50
    tolerance: Any = 1e-6
    least: Any = None
    start: str = static("last")
    name = "mixture"
    metrics = (
        "density_distance",
        "component_sd",
        "component_error",
        "alive_components",
        "modes_lost",
        "em_change",
    )

    def __post_init__(self) -> None:
        """Check the real mixture and the settings of the fit."""
        choice("start", self.start, ("last", "truth"))
        object.__setattr__(self, "steps", count("steps", self.steps, least=2))
        object.__setattr__(self, "tolerance", number("tolerance", self.tolerance, low=0))
        if not is_abstract(self.means):
            means = _matrix("means", self.means)
            object.__setattr__(self, "means", means)
            object.__setattr__(self, "sigma", _scales(self.sigma, means.shape[0]))
            self._settle_weights(means.shape[0])
            least = means.shape[1] + 1 if self.least is None else self.least
            object.__setattr__(self, "least", number("least", least, low=0, open_low=True))

    def _settle_weights(self, components: int) -> None:
        weights = simplex("weights", np.full(components, 1 / components) if self.weights is None else self.weights)
        if weights.shape != (components,) or (weights == 0).any():
            raise BadInput("weights", self.weights, f"{components} probabilities > 0, one for each of the means")
        object.__setattr__(self, "weights", weights)

    def init(self, key: Array, size: Size) -> MixtureWorld:
        """Return the real mixture; it is the same in every replicate."""
        means = jnp.asarray(self.means)
        factor = jnp.asarray(self.sigma)[:, None, None] * jnp.eye(means.shape[1])[None]
        return MixtureWorld(MixtureModel(jnp.asarray(self.weights), means, factor, jnp.zeros(())))

    def truth(self, world: MixtureWorld) -> MixtureModel:
        """Return the real mixture."""
        return world.truth

    def sample(self, key: Array, world: MixtureWorld, theta: MixtureModel, rows: int) -> Float[Array, "rows d"]:
        """Return ``rows`` draws (rows, d), each of a component chosen by weight."""
        for_label, for_place = jax.random.split(key)
        label = categories(for_label, theta.weight, rows)
        place = normal(for_place, (rows, theta.mean.shape[1]))
        return theta.mean[label] + jnp.sum(theta.factor[label] * place[:, None, :], axis=2)

    def fit(
        self,
        key: Array,
        world: MixtureWorld,
        batch: Float[Array, "rows d"],
        weight: Float[Array, " rows"],
        start: MixtureModel,
    ) -> MixtureModel:
        """Return the mixture that expectation-maximisation reaches."""
        begin = world.truth if self.start == "truth" else start
        return maximised(begin, batch, weight, steps=self.steps, tolerance=self.tolerance, least=self.least)

    def refuses(self, road: str, workflow: Any, sizes: np.ndarray) -> str:
        """Say that only rows will do, and where a fit has too few of them for even one component."""
        reason = super().refuses(road, workflow, sizes)
        fitted = int(workflow.fit_rows(sizes.sum(axis=1)).min())
        if not reason and fitted < float(self.least):
            return f"a fit sees {fitted} rows and a component lives on at least {float(self.least):g}"
        return reason


def _matrix(name: str, value: Any) -> np.ndarray:
    allowed = "K numbers, or K rows of d <= 8 numbers, all finite"
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        raise BadInput(name, value, allowed) from None
    if array.dtype.kind not in "iuf" or array.ndim not in (1, 2) or not array.size:
        raise BadInput(name, value, allowed)
    array = array.astype(np.float64).reshape(array.shape[0], -1)
    if not np.isfinite(array).all() or array.shape[1] > 8:
        raise BadInput(name, value, allowed)
    return array


def _scales(value: Any, components: int) -> np.ndarray:
    given = [value] * components if np.ndim(value) == 0 else value
    if isinstance(given, (str, bytes)) or len(given) != components:
        raise BadInput("sigma", value, f"one number > 0, or {components} of them")
    return np.array([number("sigma", each, low=1e-100, high=1e100) for each in given])
