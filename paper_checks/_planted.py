r"""A process with slips planted in it: the very process of ``sims``, its methods wrapped, one slip or several on.

The slips are numbers that the compiled program is given, so one program serves all of them, and with all of them
off the paths are those of the process itself, to the bit. jax is imported here: import this module late.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool

from sims import metrics
from sims.process import Layout, Process, Size
from sims.processes.gaussian import Gaussian, GaussianModel
from sims.processes.wright_fisher import WrightFisher
from sims.trees import pytree

__all__ = ["Planted", "PlantedWorld", "Slips", "seen"]


@pytree
@dataclasses.dataclass(frozen=True)
class Slips:
    """Which slips are on (1) and which are off (0).

    ``reused`` key in every generation; ``stale`` mean: data about the true mean instead of the fitted one;
    ``rooted``: sigma where sigma^2 belongs; ``silent``: no noise in what a model makes; ``raw`` weights, not
    divided by their sum; ``clipped``: the fit is kept within a standard error of the truth; ``single``: the fit
    is kept in float32.
    """

    reused: Any = 0.0
    stale: Any = 0.0
    rooted: Any = 0.0
    silent: Any = 0.0
    raw: Any = 0.0
    clipped: Any = 0.0
    single: Any = 0.0


@pytree
@dataclasses.dataclass(frozen=True)
class PlantedWorld:
    """The world of the process inside, one key of the path for all its generations, and the first size."""

    inner: Any
    key: Array
    n: Array


@pytree
@dataclasses.dataclass(frozen=True)
class Planted(Process):
    """A process with slips, on the road of the laws, where each generation asks for one draw and one fit.

    >>> from sims.processes.location import Location
    >>> Planted(Location(sigma=2.0), Slips(stale=1.0)).inner.sigma
    2.0
    """

    inner: Any
    slips: Any
    name = "planted"
    metrics = ()

    def init(self, key: Array, size: Size) -> PlantedWorld:
        """Return the world of the process inside, with what the slips need."""
        return PlantedWorld(self.inner.init(key, size), jax.random.fold_in(key, 1), size.n.astype(jnp.float64))

    def truth(self, world: PlantedWorld) -> Any:
        """Return the truth of the process inside."""
        return self.inner.truth(world.inner)

    def sample(self, key: Array, world: PlantedWorld, theta: Any, rows: int) -> Any:
        """Return rows of the process inside: no slip is planted on this road, which no mutant takes."""
        return self.inner.sample(key, world.inner, theta, rows)

    def law(self, key: Array, world: PlantedWorld, theta: Any, size: Size) -> Any:
        """Return the statistic of a batch under the slips of key, mean and noise."""
        key = jnp.where(_on(self.slips.reused), world.key, key)
        process, theta = self._loud(world, self._told(world, theta))
        return process.law(key, world.inner, theta, size)

    def merge(self, statistics: Any, weights: Array) -> Any:
        """Return the merged statistic."""
        return self.inner.merge(statistics, weights)

    def solve(self, key: Array, world: PlantedWorld, statistic: Any, start: Any) -> Any:
        """Return the fit under the slips of weight, range and precision."""
        theta = self.inner.solve(key, world.inner, statistic, start)
        theta = self._clipped(world, self._raw(world, theta, statistic.weight))
        single = _on(self.slips.single)
        return jax.tree.map(lambda x: jnp.where(single, x.astype(jnp.float32).astype(x.dtype), x), theta)

    def table(self, sizes: np.ndarray, layout: Layout) -> Any:
        """Return the tables of the process inside."""
        return self.inner.table(sizes, layout)

    def refuses(self, road: str, workflow: Any, sizes: np.ndarray) -> str:
        """Return what the process inside refuses; no other road than the laws has its slips."""
        return self.inner.refuses(road, workflow, sizes) if road == "law" else "slips are planted in the laws"

    def _told(self, world: PlantedWorld, theta: Any) -> Any:
        """Return the model that the data are drawn from, its mean stale or not."""
        truth, stale = self.truth(world), _on(self.slips.stale)
        if isinstance(theta, GaussianModel):
            return dataclasses.replace(theta, mean=jnp.where(stale, truth.mean, theta.mean))
        return jnp.where(stale, truth, theta)

    def _loud(self, world: PlantedWorld, theta: Any) -> tuple[Any, Any]:
        """Return process and model with the spread of their draws under the slips of the noise."""
        process, rooted = self.inner, _on(self.slips.rooted)
        real = _same(theta, self.truth(world))
        silent = _on(self.slips.silent) & ~real
        if isinstance(process, Gaussian):
            scale = theta.log_scale * jnp.where(rooted, 0.5, 1.0)
            bias = jnp.where(silent, -jnp.inf, theta.log_bias)
            return process, dataclasses.replace(theta, log_scale=scale, log_bias=bias)
        if not hasattr(process, "sigma"):
            return process, theta
        sigma = jnp.asarray(process.sigma, jnp.float64)
        # Not dataclasses.replace: that one would check a number that is not known yet.
        process = copy.copy(process)
        object.__setattr__(process, "sigma", jnp.where(silent, 0.0, jnp.where(rooted, jnp.sqrt(sigma), sigma)))
        return process, theta

    def _raw(self, world: PlantedWorld, theta: Any, weight: Array) -> Any:
        """Return the fit whose weighted sums were divided by the size of one batch."""
        factor = jnp.where(_on(self.slips.raw), weight / world.n, 1.0)
        if isinstance(theta, GaussianModel):
            return dataclasses.replace(theta, mean=theta.mean * factor, log_scale=theta.log_scale + jnp.log(factor) / 2)
        # A law that sums to anything but 1 is no law, and is scaled back when it is drawn from.
        return theta if isinstance(self.inner, WrightFisher) else theta * factor

    def _clipped(self, world: PlantedWorld, theta: Any) -> Any:
        """Return the fit within a standard error of the truth; of frequencies: every atom keeps a draw."""
        truth, clipped = self.truth(world), _on(self.slips.clipped)
        if isinstance(self.inner, WrightFisher):
            kept = jnp.maximum(theta, 1.0 / world.n)
            return jnp.where(clipped, kept / jnp.sum(kept), theta)
        one = 1.0 / jnp.sqrt(world.n)

        def near(x: Array, centre: Array, error: Array) -> Array:
            return jnp.where(clipped, jnp.clip(x, centre - error, centre + error), x)

        if isinstance(theta, GaussianModel):
            mean = near(theta.mean, truth.mean, one * jnp.exp(truth.log_scale))
            return dataclasses.replace(theta, mean=mean, log_scale=near(theta.log_scale, truth.log_scale, one))
        return near(theta, truth, one * self.inner.sigma)


def _on(slip: Any) -> Bool[Array, ""]:
    return jnp.asarray(slip, jnp.float64) > 0.5


def _same(theta: Any, truth: Any) -> Bool[Array, ""]:
    """Return whether a model is the truth to the bit, as the one that makes the real data is."""
    equal = jax.tree.map(lambda a, b: jnp.all(a == b), theta, truth)
    return functools.reduce(jnp.logical_and, jax.tree.leaves(equal))


@functools.cache
def seen(metric: str) -> Callable[[Any, Any], Array]:
    """Return a metric, by name, that looks through the wrapper at the world inside; one object a name."""
    function = metrics.find(metric)
    return lambda world, theta: function(world.inner, theta)
