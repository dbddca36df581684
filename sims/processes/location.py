"""A mean refitted on its own draws, with noise of known variance: the simplest loop, linear in its noise."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from groundwork.checks import number
from sims.process import Process, Size
from sims.samplers import normal
from sims.trees import pytree

__all__ = ["Location", "Total"]


@pytree
@dataclasses.dataclass(frozen=True)
class Total:
    """Total weight and weighted mean of some rows."""

    weight: Float[Array, ""]
    mean: Float[Array, ""]


@pytree
@dataclasses.dataclass(frozen=True)
class Location(Process):
    r"""Refit :math:`\theta` by the weighted mean of draws from :math:`N(\theta_{g-1}, \sigma^2)`, truth 0.

    Any linear fit behaves like its coefficients do here (Dey and Donoho 2024, as told by Arulandu 2024, section
    4.3); replace gives :math:`g\sigma^2/n`, accumulate :math:`(\sigma^2/n)\sum_{k\le g}k^{-2}`.

    >>> Location(sigma=2).sigma
    2.0
    """

    sigma: Any = 1.0
    name = "location"
    metrics = ("square_error", "estimate")

    def __post_init__(self) -> None:
        """Check the noise."""
        object.__setattr__(self, "sigma", number("sigma", self.sigma, low=0))

    def init(self, key: Array, size: Size) -> Float[Array, ""]:
        """Return the truth, 0."""
        return jnp.zeros(())

    def truth(self, world: Float[Array, ""]) -> Float[Array, ""]:
        """Return the truth, 0."""
        return world

    def sample(self, key: Array, world: Array, theta: Float[Array, ""], rows: int) -> Float[Array, " rows"]:
        """Return ``rows`` noisy copies of the estimate."""
        return theta + self.sigma * normal(key, (rows,))

    def moments(self, world: Array, batch: Float[Array, " rows"], weight: Float[Array, " rows"]) -> Total:
        """Return total weight and weighted mean."""
        total = jnp.sum(weight)
        return Total(total, weight @ batch / jnp.where(total > 0, total, 1.0))

    def merge(self, statistics: Total, weights: Float[Array, " blocks"]) -> Total:
        """Return the pooled mean."""
        mass = statistics.weight * weights
        total = jnp.sum(mass)
        return Total(total, mass @ statistics.mean / jnp.where(total > 0, total, 1.0))

    def solve(self, key: Array, world: Array, statistic: Total, start: Array) -> Float[Array, ""]:
        """Return the mean; without any weight there is none."""
        return jnp.where(statistic.weight > 0, statistic.mean, jnp.nan)

    def law(self, key: Array, world: Array, theta: Float[Array, ""], size: Size) -> Total:
        """Return the mean of n draws, which is normal."""
        n = size.n.astype(jnp.float64)
        return Total(n, theta + self.sigma * normal(key) / jnp.sqrt(jnp.maximum(n, 1.0)))

    def step(self, key: Array, world: Array, state: Float[Array, ""], size: Size) -> Float[Array, ""]:
        """Return the next estimate under replacement."""
        return state + self.sigma * normal(key) / jnp.sqrt(size.n.astype(jnp.float64))

    def refuses(self, road: str, workflow: Any, sizes: np.ndarray) -> str:
        """Say where there is no data."""
        reason = super().refuses(road, workflow, sizes)
        return reason or ("generation 1 has no rows" if sizes[0].sum() < 1 else "")
